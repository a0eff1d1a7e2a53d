import Foundation
import TestSupport
import Testing

@Suite struct `The house` {
  private static func swiftFiles(in folder: String) -> [URL] {
    let files = FileManager.default.enumerator(
      at: Project.file(folder), includingPropertiesForKeys: nil)
    return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }

  private static func text(_ url: URL) throws -> String {
    try String(contentsOf: url, encoding: .utf8)
  }

  @Test(arguments: Arrows.rooms.map(\.name))
  func `has no import that its plan does not know`(room: String) throws {
    let plan = try #require(Arrows.rooms.first { $0.name == room })
    let files = Self.swiftFiles(in: "Sources/" + room)
    #expect(!files.isEmpty, "the room is empty")
    for file in files {
      for module in Checks.imports(in: try Self.text(file)) {
        #expect(plan.mayImport.contains(module), "\(file.lastPathComponent) imports \(module)")
      }
    }
  }

  @Test func `has a room in its plan for every folder, and a folder for every room`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Project.file("Sources").path)
    #expect(Set(folders) == Set(Arrows.rooms.map(\.name) + Arrows.foreignRooms))
  }

  @Test func `keeps Foundation out of the worker and all that it imports`() throws {
    var seen: Set<String> = []
    var open = ["smartflow-worker"]
    while let room = open.popLast() {
      guard seen.insert(room).inserted else { continue }
      for file in Self.swiftFiles(in: "Sources/" + room) {
        for module in Checks.imports(in: try Self.text(file)) {
          #expect(
            !module.hasPrefix("Foundation") && module != "Dispatch", "\(file.lastPathComponent)")
          if Arrows.rooms.contains(where: { $0.name == module }) { open.append(module) }
        }
      }
    }
    #expect(seen.count > 8)
  }

  @Test func `promises no unfinished work, and ends no process on somebody's data`() throws {
    for file in Self.swiftFiles(in: "Sources") {
      let words = Checks.forbiddenWords(in: try Self.text(file))
      #expect(words.isEmpty, "\(file.lastPathComponent): \(words)")
    }
  }

  @Test(arguments: Arrows.rooms.filter { !$0.mayBeUnsafe }.map(\.name))
  func `is unsafe only where it bridges`(room: String) throws {
    for file in Self.swiftFiles(in: "Sources/" + room) {
      #expect(!Checks.isUnsafe(try Self.text(file)), "\(file.lastPathComponent)")
    }
  }

  @Test func `has no file that holds two things`() throws {
    for file in Self.swiftFiles(in: "Sources") + Self.swiftFiles(in: "Tests")
    where !Arrows.tables.contains(file.lastPathComponent) {
      let lines = try Self.text(file).split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= 600, "\(file.lastPathComponent) has \(lines) lines")
    }
  }

  @Test func `has nothing at the top that does not belong there`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Project.root.path)
    let strangers = names.filter { !$0.hasPrefix(".") && !Arrows.topLevel.contains($0) }
    #expect(strangers.isEmpty)
  }
}

@Suite struct `A check of the house` {
  @Test(arguments: [
    ("import Foundation", ["Foundation"]), ("internal import struct JSON.JSONValue", ["JSON"]),
    ("@testable public import A\nprivate import B.C", ["A", "B"]), ("// import X\nlet y = 1", []),
  ])
  func `reads every form of import`(source: String, modules: [String]) {
    #expect(Checks.imports(in: source) == modules)
  }

  @Test(arguments: ["x as" + "! Y", "try" + "! f()", "// TO" + "DO later"])
  func `finds what is forbidden`(source: String) {
    #expect(!Checks.forbiddenWords(in: source).isEmpty)
  }

  @Test func `tells unsafe code from talk of it`() {
    #expect(Checks.isUnsafe("let x = unsafe y"))
    #expect(!Checks.isUnsafe("// unsafe in a comment\nlet unsafely = 1"))
  }
}
