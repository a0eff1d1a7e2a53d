/// An expression as it is understood: nodes in one flat array, children named by their index.
///
/// Flat, so that neither making nor dropping a tree recurses along a long chain of operators.
struct SyntaxTree: Sendable {
  typealias NodeID = Int

  struct Node: Sendable {
    var kind: Kind
    var range: Range<Int>
  }

  enum Kind: Sendable {
    case number(Double)
    case text(String)
    case constant(Constant)
    case name(String)
    case negate(NodeID)
    case not(NodeID)
    case arithmetic(Arithmetic, NodeID, NodeID)
    case and(NodeID, NodeID)
    case or(NodeID, NodeID)
    case membership(isNegated: Bool, NodeID, NodeID)
    /// `a < b <= c`: the first operand, and each relation with the operand on its right.
    case relations(NodeID, [Link])
    case conditional(condition: NodeID, then: NodeID, otherwise: NodeID)
    case list([NodeID])
    case call(name: String, nameRange: Range<Int>, arguments: [NodeID])
    case property(name: String, isQuoted: Bool, nameRange: Range<Int>, of: NodeID)
    /// What could not be understood; already reported.
    case malformed
  }

  struct Link: Sendable {
    var relation: Relation
    var operand: NodeID
  }

  enum Constant: String, Sendable, CaseIterable {
    case `true`, `false`, null
  }

  enum Arithmetic: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "mod"
    case power = "^"
  }

  var nodes: [Node] = []
  var root: NodeID = 0

  mutating func add(_ kind: Kind, _ range: Range<Int>) -> NodeID {
    nodes.append(Node(kind: kind, range: range))
    return nodes.count - 1
  }

  subscript(id: NodeID) -> Node { nodes[id] }

  /// A long chain of operators leans to the left: it is walked down in a loop, and read from its leftmost end.
  ///
  /// - Parameters:
  ///   - id: The last operator of the chain.
  ///   - left: The left operand of a node that belongs to it.
  /// - Returns: The chain's first operand, and its operators from there on.
  func spine(
    _ id: NodeID, _ left: (Kind) -> NodeID?
  ) -> (leftmost: NodeID, nodes: [NodeID]) {
    var nodes: [NodeID] = []
    var current = id
    while let next = left(self[current].kind) {
      nodes.append(current)
      current = next
    }
    nodes.reverse()
    return (current, nodes)
  }
}

/// The relations between two values.
enum Relation: UInt8, Sendable, CaseIterable {
  case equal
  case notEqual
  case less
  case lessOrEqual
  case greater
  case greaterOrEqual
  case matches

  /// As an author writes it.
  var sign: String {
    switch self {
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .matches: "~="
    }
  }

  /// The relation that holds with its operands exchanged.
  var mirrored: Relation? {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .matches: nil
    }
  }
}
