internal import Filtrex
internal import JSON

// Published trees that stand in a tree: each is compiled where it is named, so that running it costs nothing more than
// if it were written there.
extension TreeCompiler {
  /// Puts a published tree's root below the node that names it, or waits for the tree.
  mutating func takeSubTree(_ treeID: String, of top: Int) {
    let node = begun[top]
    let place = node.path.appending("parameters").appending("treeId")
    // Of the tree itself, those that name this one; in the order from the root.
    let above = ([subTrees.rootID] + begun[..<top].map(\.treeID)).compactMap(\.self)
    if let first = above.firstIndex(of: treeID) {
      let circle = (above[first...] + [treeID]).map { "`\($0)`" }.joined(separator: " → ")
      report(
        .cyclicTree, place,
        "tree `\(treeID)` would be part of itself: \(circle); take one of these SubTree nodes out")
      return begun[top].children.append(nil)
    }
    guard subTrees.note(treeID, at: node.path, isDirect: node.scope == 0) else {
      report(
        .tooManyTrees, place,
        "the tree names more than \(TreeLimits.subTrees) other trees; put some of them together")
      return begun[top].children.append(nil)
    }
    switch subTrees.source(of: treeID) {
    case nil: begun[top].putBack()
    case .value(let value, let byteCount)?: expand(value, byteCount, treeID, of: top)
    case .unknown?:
      report(
        .unknownTree, place,
        "no tree is published as `\(treeID)`; publish it first, or name another")
      begun[top].children.append(nil)
    case .inactive?:
      report(
        .inactiveTree, place,
        "no version of tree `\(treeID)` is active; activate one first, or name another tree")
      begun[top].children.append(nil)
    case .unresolved?:
      report(
        TreeDiagnostic(
          severity: .note, code: .unresolvedTree, path: place,
          message:
            "what tree `\(treeID)` is can't be told here; a daemon that has it checks it with this one"
        ))
    }
  }

  private mutating func expand(
    _ value: JSONValue, _ byteCount: Int, _ treeID: String, of top: Int
  ) {
    let before = subTrees.byteCount
    let path = begun[top].path
    guard let scope = subTrees.expand(byteCount: byteCount) else {
      // Said once, at the first that is too much.
      if before <= TreeLimits.json.byteCount {
        report(
          .treeTooLarge, path,
          "with tree `\(treeID)` here, the tree's sub-trees take more than \(TreeLimits.json.byteCount) bytes of JSON; use fewer of them"
        )
      }
      return begun[top].children.append(nil)
    }
    begin(
      value, at: path.appending("subTree"), depth: begun[top].depth + 1, scope: scope)
  }

  /// What to do about a tree that is too large, for the end of a sentence.
  static func remedy(in scope: Int) -> String {
    scope == 0
      ? "; split the tree" : ", those of its sub-trees counted at every place; use fewer of them"
  }
}
