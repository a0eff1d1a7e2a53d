/// A condition on a place between two scalars.
///
/// One bit each, so that the ones that hold at a place are a set.
struct PatternPlaces: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  /// `^`.
  static let start = PatternPlaces(rawValue: 1)
  /// `$`.
  static let end = PatternPlaces(rawValue: 2)
  /// `\b`.
  static let wordBoundary = PatternPlaces(rawValue: 4)
  /// `\B`.
  static let otherThanWordBoundary = PatternPlaces(rawValue: 8)
  static let all: PatternPlaces = [.start, .end, .wordBoundary, .otherThanWordBoundary]
}

/// What a pattern says: nodes in one array, children before their parents.
///
/// Groups are gone, since nobody asks what they matched; so are repeats of what takes no scalar, and repeats of
/// repeats that say nothing more. Every node knows how many states it takes, so that a pattern that would take too
/// many is refused before any of them is made.
struct PatternSyntax {
  typealias NodeID = Int

  enum Kind {
    case nothing
    /// One scalar of a set of ``sets``.
    case scalar(set: Int)
    case place(PatternPlaces)
    /// Nodes one after the other: a range of ``children``.
    case sequence(Range<Int>)
    /// One of several nodes: a range of ``children``.
    case choice(Range<Int>)
    /// A node as often as that; without a greatest number, without end.
    case repetition(NodeID, least: Int, most: Int?)
  }

  struct Node {
    var kind: Kind
    /// States with all counted repeats written out, or more than any pattern may have.
    var stateCount: Int
    /// Whether it can match more than a place.
    var takesScalars: Bool
  }

  private(set) var nodes: [Node] = []
  private(set) var children: [NodeID] = []
  private(set) var sets = ScalarSetTable()

  /// The syntax of an empty pattern, whose root is 0.
  static var none: PatternSyntax {
    var syntax = PatternSyntax()
    _ = syntax.add(nothing)
    return syntax
  }

  static let nothing = Node(kind: .nothing, stateCount: 0, takesScalars: false)

  /// Whether there are no more nodes than the states of a pattern can need.
  ///
  /// Nodes that take no states, as `a{0}` does, are not counted by anything else.
  var isSmall: Bool { nodes.count < 4 * Limits.patternStates }

  subscript(id: NodeID) -> Node { nodes[id] }

  private mutating func add(_ node: Node) -> NodeID {
    nodes.append(node)
    return nodes.count - 1
  }

  mutating func scalar(_ scalar: UInt32) throws(ScalarSetTable.Full) -> NodeID {
    let set = try sets.index(of: scalar)
    return add(Node(kind: .scalar(set: set), stateCount: 1, takesScalars: true))
  }

  mutating func scalar(of set: ScalarSet) throws(ScalarSetTable.Full) -> NodeID {
    let set = try sets.index(of: set)
    return add(Node(kind: .scalar(set: set), stateCount: 1, takesScalars: true))
  }

  mutating func place(_ place: PatternPlaces) -> NodeID {
    add(Node(kind: .place(place), stateCount: 1, takesScalars: false))
  }

  mutating func sequence(_ parts: ArraySlice<NodeID>) -> NodeID {
    let parts = parts.filter { nodes[$0].stateCount > 0 }
    if parts.count == 1 { return parts[0] }
    guard !parts.isEmpty else { return add(Self.nothing) }
    return add(
      Node(
        kind: .sequence(append(parts)),
        stateCount: parts.reduce(0) { $0.addedClamped(to: nodes[$1].stateCount) },
        takesScalars: parts.contains { nodes[$0].takesScalars }))
  }

  mutating func choice(_ branches: ArraySlice<NodeID>) throws(ScalarSetTable.Full) -> NodeID {
    // Of several branches that match nothing, one is enough.
    let filled = branches.filter { nodes[$0].stateCount > 0 }
    guard !filled.isEmpty else { return add(Self.nothing) }
    let hasNothing = filled.count < branches.count
    let some = try joined(filled)
    if some.count == 1 {
      return hasNothing ? repetition(of: some[0], least: 0, most: 1) : some[0]
    }
    let states = some.reduce(some.count - 1) { $0.addedClamped(to: nodes[$1].stateCount) }
    let choice = add(
      Node(
        kind: .choice(append(some)), stateCount: states,
        takesScalars: some.contains { nodes[$0].takesScalars }))
    return hasNothing ? repetition(of: choice, least: 0, most: 1) : choice
  }

  /// The branches, those of one scalar made one.
  private mutating func joined(_ branches: [NodeID]) throws(ScalarSetTable.Full) -> [NodeID] {
    var ranges: [ScalarRange] = []
    var others: [NodeID] = []
    var first: NodeID?
    for branch in branches {
      guard case .scalar(let set) = nodes[branch].kind else {
        others.append(branch)
        continue
      }
      first = first ?? branch
      ranges += sets.sets[set].ranges
    }
    guard let first else { return others }
    if others.count + 1 == branches.count { return [first] + others }
    return [try scalar(of: ScalarSet(ranges))] + others
  }

  mutating func repetition(of child: NodeID, least: Int, most: Int?) -> NodeID {
    let node = nodes[child]
    if node.stateCount == 0 || most == 0 { return add(Self.nothing) }
    if !node.takesScalars {
      // A place that is looked at again is the same; one that need not be looked at says nothing.
      return least == 0 ? add(Self.nothing) : child
    }
    if least == 1, most == 1 { return child }
    if case .repetition(let inner, let innerLeast, let innerMost) = node.kind {
      switch (innerLeast, innerMost) {
      case (0, nil): return child
      case (1, nil) where least == 1: return child
      case (1, nil): return repetition(of: inner, least: least, most: nil)
      case (0, 1): return repetition(of: inner, least: 0, most: most)
      default: break
      }
    }
    let states: Int
    if let most {
      states = node.stateCount.multipliedClamped(by: most).addedClamped(to: most - least)
    } else {
      states = node.stateCount.multipliedClamped(by: max(least, 1)).addedClamped(to: 1)
    }
    return add(
      Node(
        kind: .repetition(child, least: least, most: most), stateCount: states,
        takesScalars: true))
  }

  private mutating func append(_ nodes: [NodeID]) -> Range<Int> {
    let start = children.count
    children += nodes
    return start..<children.count
  }
}
