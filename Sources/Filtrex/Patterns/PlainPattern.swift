/// A pattern without choices: a text, perhaps at the start, at the end, or both.
struct PlainPattern: Sendable {
  let text: [UInt8]
  let isAtStart: Bool
  let isAtEnd: Bool

  /// A text that holds no sign with a meaning, and is no longer than a pattern may be.
  init?(_ text: Span<UInt8>) {
    var scalarCount = 0
    for index in text.indices {
      if Self.signs.contains(text[index]) { return nil }
      if text[index] & 0xC0 != 0x80 { scalarCount += 1 }
    }
    guard scalarCount < Limits.patternStates else { return nil }
    var bytes: [UInt8] = []
    bytes.append(copying: text.raw)
    self.text = bytes
    isAtStart = false
    isAtEnd = false
  }

  private static let signs = #"\^$.*+?()[]{}|"#.utf8

  /// The plain form of a syntax, where it has one.
  init?(_ root: PatternSyntax.NodeID, of syntax: PatternSyntax) {
    var parts = [root][...]
    if case .sequence(let range) = syntax[root].kind { parts = syntax.children[range] }
    if case .nothing = syntax[root].kind { parts = [] }
    isAtStart = parts.first.map { Self.isPlace($0, .start, syntax) } ?? false
    if isAtStart { parts.removeFirst() }
    isAtEnd = parts.last.map { Self.isPlace($0, .end, syntax) } ?? false
    if isAtEnd { parts.removeLast() }
    var text: [UInt8] = []
    text.reserveCapacity(parts.count)
    for part in parts {
      guard case .scalar(let set) = syntax[part].kind,
        let scalar = syntax.sets.sets[set].onlyScalar
      else { return nil }
      UTF8Text.append(scalar, to: &text)
    }
    self.text = text
  }

  var scalarCount: Int { text.count { $0 & 0xC0 != 0x80 } }

  private static func isPlace(
    _ id: PatternSyntax.NodeID, _ place: PatternPlaces, _ syntax: PatternSyntax
  ) -> Bool {
    if case .place(place) = syntax[id].kind { true } else { false }
  }

  /// Looks at the next stretch of a text, from `position` on.
  ///
  /// - Returns: Whether there is a match, or `nil` when there is more to look at.
  func step(over whole: Span<UInt8>, _ position: inout Int, fuel: inout Int) -> Bool? {
    guard text.count <= whole.count else { return false }
    if isAtStart || isAtEnd {
      fuel -= FuelCost.bytes(text.count)
      return matchesAtEnds(whole)
    }
    // Each stretch reaches over the next one by the length of the text, which it is looked through for anew.
    let length = max(Self.stretchBytes, 2 * text.count)
    let end = min(position + length + text.count, whole.count)
    fuel -= FuelCost.bytes(3 * (end - position + text.count))
    if TextSearch.contains(whole.extracting(position..<end), text.span) { return true }
    position += length
    return end < whole.count ? nil : false
  }

  /// Some microseconds' work.
  private static let stretchBytes = 4 << 10

  private func matchesAtEnds(_ whole: Span<UInt8>) -> Bool {
    if isAtStart {
      return isAtEnd
        ? ByteOrder.equal(whole, text.span) : ByteOrder.hasPrefix(whole, text.span)
    }
    return ByteOrder.equal(
      whole.extracting(droppingFirst: whole.count - text.count), text.span)
  }
}
