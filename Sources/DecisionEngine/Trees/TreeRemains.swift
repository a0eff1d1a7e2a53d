internal import Filtrex

/// What is left of a tree that nobody uses any more, given back in steps.
///
/// A tree at its limits holds some 100,000 pieces of memory, and giving all of them back at once takes longer than whoever
/// serves others may let them wait.
public struct TreeRemains: Sendable {
  private var nodes: [Node]
  private var programs: [Program]
  private var programPaths: [String]
  private var actions: [ActionNode]

  init(of tree: Tree) {
    nodes = tree.nodes
    programs = tree.programs
    programPaths = tree.programPaths
    actions = tree.actions
  }

  /// Gives back a few pieces more.
  ///
  /// - Returns: Whether there is more.
  public mutating func step() -> Bool {
    let node = nodes.popLast()
    let program = programs.popLast()
    let path = programPaths.popLast()
    let action = actions.popLast()
    return node != nil || program != nil || path != nil || action != nil
  }
}
