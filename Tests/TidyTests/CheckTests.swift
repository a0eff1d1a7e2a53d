import Testing

private func file(_ text: String, _ path: String = "Sources/JSON/JSONParser.swift") -> SourceFile {
  SourceFile(path: path, text: text)
}

@Suite struct `A source without comments and literals` {
  @Test(arguments: [
    ("let a = 1 // try! x", "let a = 1 "),
    ("a /* b /* c */ d */ e", "a   e"),
    (#"let a = "try! x" + b"#, #"let a = "" + b"#),
    (#"print("a \(try! f(")")) b")"#, #"print("(try! f(""))")"#),
    (##"let a = #"\(x) "quoted" \#(y)"# + z"##, #"let a = "(y)" + z"#),
    ("let a = \"\"\"\n  try! \"x\"\n  \"\"\"\nb", "let a = \"\n\n\"\nb"),
    (#"let a = "\"" // x"#, #"let a = "" "#),
    (##"#if os(Linux)"##, ##"#if os(Linux)"##),
  ])
  func `keeps the code, and the lines`(source: String, code: String) {
    #expect(String(SwiftText(source).code) == code)
  }
}

@Suite struct `A change that could come back` {
  @Test(arguments: [
    "struct A { mutating func grow(in worker: Worker) {} }",
    "mutating func grow(\n    by count: Int, in worker: borrowing Worker\n  ) -> Int {",
  ])
  func `is found`(source: String) {
    let found = Checks.reentrance(of: file(source, "Sources/SmartFlowWorker/A.swift"))
    #expect(found.first?.problem.contains("`grow`") == true)
    #expect(Checks.reentrance(of: file(source, "Sources/JSON/A.swift")).isEmpty)
  }

  @Test(arguments: [
    "func grow(in worker: Worker) {}", "mutating func grow() {}\nfunc other(in worker: Worker) {}",
    "mutating func grow(with workers: [WorkerPage]) {}",
  ])
  func `is none`(source: String) {
    #expect(Checks.reentrance(of: file(source, "Sources/SmartFlowWorker/A.swift")).isEmpty)
  }
}

@Suite struct `An import` {
  @Test(arguments: [
    "import Foundation", "public import Foundation", "@testable import Foundation",
    "internal import struct Foundation.URL", "@_spi(Inner) @testable public import Foundation",
    "  import Foundation.NSURL", "#if canImport(Foundation)\nimport Foundation\n#endif",
    "import/* why */Foundation", "import TTRPC; import Foundation", "import `Foundation`",
    "@preconcurrency\nimport Foundation", "@_exported import Foundation",
    "fileprivate import func Foundation.exit",
  ])
  func `is found however it is written`(source: String) {
    #expect(Checks.imports(of: source).map(\.module).last == "Foundation")
    #expect(
      Checks.arrows(of: file(source)).last?.problem.contains("may not import Foundation") == true)
  }

  @Test(arguments: [
    "// import Foundation", "/* import Foundation */", #"let a = "import Foundation""#,
    "\"\"\"\nimport Foundation\n\"\"\"", "let important = Foundation", "func importing() {}",
  ])
  func `is not found where there is none`(source: String) {
    #expect(Checks.imports(of: source).isEmpty)
  }

  @Test func `of a room is allowed in one room and not in another`() {
    let source = "internal import NumberText\n"
    #expect(Checks.arrows(of: file(source)).isEmpty)
    #expect(
      Checks.arrows(of: file(source, "Sources/TTRPC/Frame.swift")) == [
        Finding(
          "Sources/TTRPC/Frame.swift:1",
          "TTRPC may not import NumberText; Arrows.swift has the arrows, each with its reason")
      ])
  }

  @Test func `in a folder that is no room is a finding`() {
    #expect(Checks.arrows(of: file("", "Sources/Cellar/Wine.swift")).count == 1)
  }
}

@Suite struct `A check` {
  @Test(arguments: [
    "fatalError()", "fatalError (\"x\")", "let a = try! f()", "let a = b as! C", "// TODO: later",
    "/// FIXME", "print(\"\\(try! f())\")",
  ])
  func `finds a forbidden word`(source: String) {
    #expect(Checks.words(of: file(source)).count == 1)
  }

  @Test(arguments: [
    "let a = try? f()", "let a = b as? C", "// without try! of any kind", #"let a = "as!""#,
    "preconditionFailure()", "let todo = 1", "a != b",
  ])
  func `lets other words pass`(source: String) {
    #expect(Checks.words(of: file(source)).isEmpty)
  }

  @Test(arguments: [
    "let a = unsafe b.pointee", "@unsafe func a() {}", "nonisolated(unsafe) var a = 1",
    "final class A: @unchecked Sendable {}",
  ])
  func `finds unsafe code outside its places`(source: String) {
    #expect(Checks.unsafe(of: file(source, "Sources/DecisionEngine/Engine.swift")).count == 1)
    #expect(Checks.unsafe(of: file(source, "Sources/UnixSocket/Poller.swift")).isEmpty)
  }

  @Test func `tells a listed file from its neighbours`() {
    let source = "let a = unsafe b.pointee"
    #expect(Checks.unsafe(of: file(source, "Sources/TTRPC/FrameHeader.swift")).isEmpty)
    #expect(Checks.unsafe(of: file(source, "Sources/TTRPC/FrameHeaders.swift")).count == 1)
    #expect(Checks.unsafe(of: file(source, "Sources/SmartFlowMessages/Bridging/A.swift")).isEmpty)
    #expect(Checks.unsafe(of: file(source, "Sources/SmartFlowMessages/Bridged.swift")).count == 1)
  }

  @Test(arguments: [
    "f(unsafe a.span.bytes)", "unsafe sink.write(\n  head: 1,\n  text.utf8Span.span.bytes)",
    "// Safe: never unsafe", #"let a = "unsafe""#, "let isUnsafe = 1",
  ])
  func `lets a span's bytes pass`(source: String) {
    #expect(Checks.unsafe(of: file(source, "Sources/DecisionEngine/Engine.swift")).isEmpty)
  }

  @Test(arguments: [(600, 0), (601, 1)])
  func `counts lines`(count: Int, findings: Int) {
    let text = String(repeating: "a\n", count: count)
    #expect(Checks.length(of: file(text)).count == findings)
    #expect(Checks.length(of: file(String(text.dropLast()))).count == findings)
  }

  @Test func `finds what does not belong at the top`() {
    #expect(Checks.topLevel(["Package.swift", "notes.txt"]).map(\.place) == ["notes.txt"])
  }
}

@Suite struct `Package.swift` {
  private static let text = """
    let package = Package(
      products: [.library(name: "A", targets: ["A"])],
      targets: [
        .systemLibrary(name: "CZ", pkgConfig: "z", providers: [.apt(["zlib1g-dev"])]),
        room("A"),
        room("B", ["A", "CZ", logging]),
        .target(name: "TestSupport", dependencies: [], path: "Tests/TestSupport"),
        tests("BTests", ["B", "TestSupport"], data: ["Vectors"]),
      ]
    )
    """

  private let plan = [
    Room("CZ"), Room("A"), Room("B", ["A", "CZ"], foreign: ["Logging": "the log of the test"]),
  ]
  private let folders = (sources: ["CZ", "A", "B"], tests: ["TestSupport", "BTests"])

  @Test func `is read as it stands`() {
    let targets = Manifest(Self.text).targets
    #expect(targets.map(\.name) == ["CZ", "A", "B", "TestSupport", "BTests"])
    #expect(targets.map(\.isTest) == [false, false, false, true, true])
    #expect(
      targets.map(\.dependencies) == [[], [], ["A", "CZ", "Logging"], [], ["B", "TestSupport"]])
  }

  @Test func `agrees with its plan`() {
    let findings = Manifest(Self.text).findings(
      sources: folders.sources, tests: folders.tests, plan: plan)
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test(arguments: [
    (#"room("A"),"#, "", ["A", "Sources/A"]),
    (#"["A", "CZ", logging]"#, #"["A", logging]"#, ["B"]),
    (#"["A", "CZ", logging]"#, #"["A", "CZ"]"#, ["B"]),
    (#"room("A"),"#, #"room("A", ["CZ"]),"#, ["A"]),
    (#"room("A"),"#, #"room("A"), room("C"),"#, ["C", "Sources/C"]),
    (#"tests("BTests","#, #"tests("CTests","#, ["Tests/BTests", "Tests/CTests"]),
  ])
  func `is found out where it differs`(old: String, new: String, places: [String]) {
    let text = Self.text.replacing(old, with: new)
    let findings = Manifest(text).findings(
      sources: folders.sources, tests: folders.tests, plan: plan)
    #expect(findings.map(\.place) == places, "\(findings)")
  }
}
