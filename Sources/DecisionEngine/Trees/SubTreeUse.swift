public import JSON

/// A published tree that is part of another.
public struct SubTreeUse: Sendable {
  /// The name that it is published under.
  public var treeID: String
  /// The first `SubTree` node that names it.
  public var path: JSONPointer
  /// Whether a node of the tree itself names it, rather than one of its sub-trees.
  public var isDirect: Bool
}
