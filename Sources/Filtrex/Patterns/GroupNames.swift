/// The names of groups that a match could take together: each may stand once among them.
///
/// - Source: ECMA-262, 22.2.1.1: two groups of one name are an error unless they are in different branches.
struct GroupNames {
  /// Where the branches of one disjunction stand in the names.
  struct Branches {
    fileprivate var start: Int
    fileprivate var setAside: [[Unicode.Scalar]] = []
  }

  /// Those of the branch at hand, and of what goes along with it.
  private var names: [[Unicode.Scalar]] = []
  private var known: Set<[Unicode.Scalar]> = []

  func open() -> Branches { Branches(start: names.count) }

  /// The branch at hand has ended: what it names is free again for the next one.
  mutating func nextBranch(_ branches: inout Branches) {
    for name in names[branches.start...] { known.remove(name) }
    branches.setAside += names[branches.start...]
    names.removeLast(names.count - branches.start)
  }

  /// The disjunction has ended: what its branches name goes along with all that follows.
  mutating func close(_ branches: Branches) {
    for name in branches.setAside where known.insert(name).inserted { names.append(name) }
  }

  mutating func insert(_ name: [Unicode.Scalar]) -> Bool {
    guard known.insert(name).inserted else { return false }
    names.append(name)
    return true
  }

  /// Whether a name may go on so.
  static func allows(_ scalar: Unicode.Scalar, after name: [Unicode.Scalar]) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_", "$": true
    case "0"..."9": !name.isEmpty
    case "\u{200C}", "\u{200D}": !name.isEmpty
    default: name.isEmpty ? scalar.properties.isIDStart : scalar.properties.isIDContinue
    }
  }
}
