internal import UnixSocket

/// What holds each worker: a word for each layer, behind the workers' lines.
extension StatusBoard {
  static let confinementWords = workers * ConfinementLayer.allCases.count

  /// What a worker has said of a layer, or `nil` when it has said nothing yet; the keeper writes it.
  public subscript(index: Int, layer: ConfinementLayer) -> LayerState? {
    get { LayerReport(word: words[Self.word(of: layer, index)])?.state }
    nonmutating set {
      words[Self.word(of: layer, index)] = newValue.map { LayerReport(layer, $0).word } ?? 0
    }
  }

  private static func word(of layer: ConfinementLayer, _ index: Int) -> Int {
    confinementWord + index * ConfinementLayer.allCases.count + Int(layer.rawValue) - 1
  }
}
