internal import JSON

/// Diagnostics on their way into the order in which a reader of the tree comes to their places; can be set aside between
/// any two steps.
///
/// By place in the JSON, then by place in the text that stands there, then as they came.
struct DocumentOrder: Sendable {
  /// A diagnostic by the numbers of the steps to its place, and of its place there.
  private struct Placed {
    var place: [Int]
    var rest: [2 of Int]
    var number: Int
  }

  private let diagnostics: [TreeDiagnostic]
  private var finder: PlaceFinder
  private var placed: [Placed] = []
  private var sort: SteppedSort<Placed>?

  /// The ordering of what is to be said of a tree that is about to begin.
  init(_ diagnostics: [TreeDiagnostic], in value: JSONValue) {
    self.diagnostics = diagnostics
    finder = PlaceFinder(root: value)
  }

  /// The diagnostics in order, once all steps are taken.
  var sorted: [TreeDiagnostic] { sort?.elements.map { diagnostics[$0.number] } ?? diagnostics }

  /// Goes one step further: finds the place of one, or puts a few in order.
  ///
  /// - Returns: Whether there is more to do.
  mutating func step() -> Bool {
    guard diagnostics.count > 1 else { return false }
    if placed.count < diagnostics.count {
      let diagnostic = diagnostics[placed.count]
      placed.append(
        Placed(
          place: finder.place(of: diagnostic.path),
          rest: [diagnostic.range.lowerBound, placed.count], number: placed.count))
      return true
    }
    if sort == nil {
      sort = SteppedSort(placed)
      placed.reserveCapacity(0)
    }
    var budget = TreeLimits.valuesPerStep
    return sort?.step(&budget) { left, right, _ in Self.precedes(left, right) } ?? false
  }

  /// What is said of a value stands before what is said of its parts.
  private static func precedes(_ left: Placed, _ right: Placed) -> Bool {
    for (one, other) in zip(left.place, right.place) where one != other { return one < other }
    guard left.place.count == right.place.count else { return left.place.count < right.place.count }
    return (left.rest[0], left.rest[1]) < (right.rest[0], right.rest[1])
  }
}

/// Finds places of JSON in a value.
///
/// Remembers every step that a place shares with others: a thousand mistakes below one long name read it once.
private struct PlaceFinder: Sendable {
  /// What is at a place, and the number of each step to it among its siblings.
  private struct Found {
    var place: [Int] = []
    /// `nil` where there is nothing; steps from there on count for nothing.
    var value: JSONValue?

    /// One step further; a member that is missing comes behind those that are there.
    func step(_ name: String) -> Found {
      switch value {
      case .object(let object)?:
        guard let index = object.index(of: name) else {
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

  private let root: JSONValue
  private var found: [JSONPointer.Identity: Found] = [:]

  init(root: JSONValue) { self.root = root }

  mutating func place(of pointer: JSONPointer) -> [Int] {
    guard let parent = pointer.parent, let name = pointer.lastComponent else { return [] }
    return find(parent).step(name).place
  }

  /// As deep as the place.
  private mutating func find(_ pointer: JSONPointer) -> Found {
    // Before anything of it is read.
    if let known = found[pointer.identity] { return known }
    guard let parent = pointer.parent, let name = pointer.lastComponent else {
      return Found(value: root)
    }
    let new = find(parent).step(name)
    found[pointer.identity] = new
    return new
  }
}
