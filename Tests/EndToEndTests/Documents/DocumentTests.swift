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
  func `are run, each of them`(document: String) throws {
    for block in try DocumentRun(document).unmarked {
      Issue.record("\(block.place): say `<!-- run -->` above it, or who else runs it (DocumentRun)")
    }
  }

  @Test(arguments: documents)
  func `that others run are theirs, word for word`(document: String) throws {
    for block in try FencedBlock.all(of: document) {
      guard let files = block.mark("run by") else { continue }
      let lines = try files.split(separator: ",").flatMap { name in
        let path = name.trimmingCharacters(in: .whitespaces)
        return try String(contentsOf: Project.file(path), encoding: .utf8).split(separator: "\n")
      }
      for line in block.text.split(separator: "\n") {
        let command = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
        // Of `check 'Name' COMMAND || true` and `exec COMMAND`, the command.
        let isThere = lines.contains {
          $0.split(separator: " || ")[0].hasSuffix(" " + command) && !$0.hasPrefix("#")
        }
        #expect(isThere, "\(block.place): no line of \(files) runs `\(command)`")
      }
    }
  }

  @Test func `that are run apart are known to contrib docs run`() throws {
    let marked = try Self.documents.flatMap { document in
      try FencedBlock.all(of: document).compactMap { block in
        block.mark("run apart").map { "\(block.place)  \($0)" }
      }
    }
    let process = Process()
    process.executableURL = Project.file("contrib/docs/run")
    process.arguments = ["--list"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let listed = said.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map(String.init)
    #expect(process.terminationStatus == 0)
    #expect(listed == marked)
    #expect(!marked.isEmpty)
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
