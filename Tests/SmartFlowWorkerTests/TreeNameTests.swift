import Catalog
import DecisionEngine
import JSON
import Testing

@Suite struct `A tree's name` {
  /// Whether the engine takes it for the name of a sub-tree.
  private func isTakenByEngine(_ name: String) -> Bool {
    let tree = JSONValue.object([
      ("type", .string("SubTree")), ("parameters", .object([("treeId", .string(name))])),
    ])
    return Engine().compile(tree).tree != nil
  }

  @Test(arguments: [
    "a", "Z9", "0", "win-back_2.v1", String(repeating: "x", count: 128), "", "-a", ".a", "_a",
    "a b",
    "a/b", "é", "a\u{0}", String(repeating: "x", count: 129), "a@1",
  ])
  func `is one to the engine where it is one to the catalog`(name: String) {
    #expect(isTakenByEngine(name) == (TreeID(name) != nil))
  }
}
