import Catalog
import Testing

@testable import SmartFlowWorker

@Suite struct `Trees in the making` {
  private let remains = Remains()
  private let state = CatalogState(generation: 1, root: 0, byteCount: 8, activeTrees: 0)

  private func compile(_ text: String) -> TreeCompile {
    TreeCompile(
      Array(text.utf8), .json, subTrees: SubTreeResolver(in: state), heir: remains)
  }

  @Test func `those that are done with are forgotten, though nobody looks for one`() {
    var trees = TreesInTheMaking()
    for number in 0..<1_000 { trees.add(compile("\(number)")) }
    #expect(trees.count == 1)
  }

  @Test func `those that somebody waits for stay`() {
    var trees = TreesInTheMaking()
    let waited = (0..<10).map { compile("\($0)") }
    for one in waited { trees.add(one) }
    #expect(trees.count == 10)
    #expect(trees.byteCount == 10)
    withExtendedLifetime(waited) {}
  }
}
