import Foundation
import TestSupport
import Testing

@Suite struct `Commands of a document` {
  static let documents = (try? FencedBlock.documents()) ?? []

  @Test func `are looked for in all documents`() {
    #expect(Self.documents.count > 15)
    #expect(Self.documents.contains("contrib/docs/protocol.md"))
  }

  @Test(arguments: documents)
  func `are run, or have a reason why not`(document: String) throws {
    let run = try DocumentRun(document)
    for block in run.unmarked {
      Issue.record("\(block.place): say `<!-- run -->` or `<!-- not run: REASON -->` above it")
    }
    for block in run.blocks {
      if let reason = block.mark("not run") { print("not run: \(block.place): \(reason)") }
    }
  }

  @Test(arguments: documents)
  func `do what it says`(document: String) throws {
    let run = try DocumentRun(document)
    guard !run.runBlocks.isEmpty else { return }
    var results = try run.results()[...]
    var last: DocumentRun.Result?
    for block in run.blocks {
      if block.mark("run") != nil, let result = results.popFirst() {
        guard result.isDone else {
          // Daemons in the background write their logs there, too.
          let said = (result.output + result.errors).suffix(2000)
          Issue.record("\(block.place) failed, and at the end it wrote: \(said)")
          return
        }
        last = result
      } else if let what = block.mark("prints"), let last {
        let output = what == "errors" ? last.errors : last.output
        #expect(block.shows(output), "\(block.place): what was written is\n\(output)")
      }
    }
    let count = run.runBlocks.count
    print("\(document): \(count) \(count == 1 ? "block was" : "blocks were") run")
  }
}

@Suite struct `The reading of a document` {
  @Test func `finds blocks with the marks right above them`() throws {
    let text = """
      <!-- run -->
      A line between.

      ```sh
      one
      ```
      <!-- before
      two
      -->
      <!-- run: daemon, exit 1 -->

      ```sh
      three
      four
      ```
      """
    let blocks = FencedBlock.blocks(in: text, of: "a.md")
    try #require(blocks.count == 2)
    #expect(blocks[0].marks.isEmpty)
    #expect(blocks[0].place == "a.md:4")
    #expect(blocks[1].text == "three\nfour\n")
    #expect(blocks[1].mark("run") == "daemon, exit 1")
    #expect(blocks[1].mark("not run") == nil)
  }

  @Test(arguments: [
    ("a\n", "a\n", true), ("a\n", "b\n", false), ("a … c\n", "a b c\n", true),
    ("a … c\n", "a b d\n", false), ("…\nz\n", "a\nb\nz\n", true), ("…\nz\n", "a\nb\n", false),
    ("a\n…\n", "a\nb\nc\n", true), ("a\n", "a\nb\n", false),
  ])
  func `takes an ellipsis for anything`(shown: String, output: String, isShown: Bool) {
    let block = FencedBlock(document: "a.md", line: 1, language: "", text: shown, marks: [])
    #expect(block.shows(output) == isShown)
  }
}
