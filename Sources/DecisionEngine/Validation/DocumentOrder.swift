internal import JSON

/// Diagnostics in the order in which a reader of the tree comes to their places.
enum DocumentOrder {
  /// Sorts by place in the JSON, then by place in the text that stands there, then as they came.
  static func sorted(_ diagnostics: [TreeDiagnostic], in value: JSONValue) -> [TreeDiagnostic] {
    guard diagnostics.count > 1 else { return diagnostics }
    var finder = Finder(root: value)
    let placed = diagnostics.enumerated().map { offset, diagnostic in
      (
        place: finder.find(diagnostic.path).place + [-1, diagnostic.range.lowerBound, offset],
        diagnostic: diagnostic
      )
    }
    return placed.sorted { $0.place.lexicographicallyPrecedes($1.place) }.map(\.diagnostic)
  }

  /// What is at a place, and the number of each step to it among its siblings.
  private struct Found {
    var place: [Int] = []
    /// `nil` where there is nothing; steps from there on count for nothing.
    var value: JSONValue?

    /// One step further; a member that is missing comes behind those that are there.
    func step(_ name: String) -> Found {
      switch value {
      case .object(let object)?:
        guard let index = object.firstIndex(where: { $0.key.utf8.elementsEqual(name.utf8) }) else {
          return Found(place: place + [object.count])
        }
        return Found(place: place + [index], value: object[index].value)
      case .array(let elements)?:
        guard let index = Int(name), elements.indices.contains(index) else {
          return Found(place: place)
        }
        return Found(place: place + [index], value: elements[index])
      default: return Found(place: place)
      }
    }
  }

  /// Remembers what holds the last place: a thousand mistakes below one long name look for it once.
  private struct Finder {
    let root: JSONValue
    private var last: (pointer: JSONPointer, found: Found)?

    init(root: JSONValue) { self.root = root }

    /// As deep as the place.
    mutating func find(_ pointer: JSONPointer) -> Found {
      guard let parent = pointer.parent, let name = pointer.lastComponent else {
        return Found(value: root)
      }
      if let last, last.pointer == parent { return last.found.step(name) }
      let found = find(parent)
      last = (parent, found)
      return found.step(name)
    }
  }
}
