internal import JSON

/// Diagnostics in the order in which a reader of the tree comes to their places.
enum DocumentOrder {
  /// Sorts by place in the JSON, then by place in the text that stands there, then as they came.
  static func sorted(_ diagnostics: [TreeDiagnostic], in value: JSONValue) -> [TreeDiagnostic] {
    guard diagnostics.count > 1 else { return diagnostics }
    let placed = diagnostics.enumerated().map { offset, diagnostic in
      (
        place: place(of: diagnostic.path, in: value) + [-1, diagnostic.range.lowerBound, offset],
        diagnostic: diagnostic
      )
    }
    return placed.sorted { $0.place.lexicographicallyPrecedes($1.place) }.map(\.diagnostic)
  }

  /// The number of each step among its siblings; a member that is missing comes behind those that are there.
  private static func place(of pointer: JSONPointer, in value: JSONValue) -> [Int] {
    var place: [Int] = []
    var current = value
    for step in pointer.components {
      switch current {
      case .object(let object):
        guard let index = object.firstIndex(where: { $0.key.utf8.elementsEqual(step.utf8) }) else {
          return place + [object.count]
        }
        place.append(index)
        current = object[index].value
      case .array(let elements):
        guard let index = Int(step), elements.indices.contains(index) else { return place }
        place.append(index)
        current = elements[index]
      default: return place
      }
    }
    return place
  }
}
