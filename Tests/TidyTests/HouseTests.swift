import Foundation
import TestSupport
import Testing

/// The project's own files.
private enum House {
  /// Every file below `Sources` and `Tests` that ends so.
  static func files(_ folder: String, ending: String = ".swift") throws -> [SourceFile] {
    let root = Project.file(folder)
    guard let paths = FileManager.default.subpaths(atPath: root.path) else {
      throw CocoaError(.fileReadNoSuchFile)
    }
    return try paths.filter { $0.hasSuffix(ending) }.sorted().map {
      SourceFile(
        path: folder + "/" + $0,
        text: try String(contentsOf: root.appending(path: $0), encoding: .utf8))
    }
  }

  static func folders(_ parent: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      at: Project.file(parent), includingPropertiesForKeys: [.isDirectoryKey],
      options: .skipsHiddenFiles
    ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
      .map(\.lastPathComponent)
  }

  /// Names at the top, without what builds and editors leave there and `.gitignore` leaves out.
  static func topLevel() throws -> [String] {
    let ignored = [".git", "Package.resolved", ".mini", ".swiftpm", ".vscode"]
    return try FileManager.default.contentsOfDirectory(atPath: Project.root.path).filter {
      !ignored.contains($0) && !$0.hasPrefix(".build")
    }
  }
}

@Suite struct `The house` {
  @Test func `has only the arrows of the plan`() throws {
    let files = try House.files("Sources")
    #expect(files.count > 50)
    let findings = files.flatMap { Checks.arrows(of: $0) }
    #expect(findings.isEmpty, "\(list(findings))")
  }

  @Test func `says nothing that promises unfinished work or ends the process`() throws {
    let findings = try House.files("Sources").flatMap { Checks.words(of: $0) }
    #expect(findings.isEmpty, "\(list(findings))")
  }

  @Test func `has no value of the worker whose change can come back to it`() throws {
    let files = try House.files("Sources")
    #expect(files.flatMap { Checks.reentrance(of: $0) }.isEmpty)
    // There is something that the check is for.
    #expect(files.contains { $0.text.contains("@exclusivity(unchecked)") })
  }

  @Test func `is unsafe only where the plan says so, and why`() throws {
    let findings = try House.files("Sources").flatMap { Checks.unsafe(of: $0) }
    #expect(findings.isEmpty, "\(list(findings))")
  }

  @Test(arguments: ["Sources", "Tests"])
  func `has no file that is too long`(folder: String) throws {
    let findings = try House.files(folder).flatMap { Checks.length(of: $0) }
    #expect(findings.isEmpty, "\(list(findings))")
  }

  @Test func `has nothing at its top that nobody planned`() throws {
    let findings = Checks.topLevel(try House.topLevel())
    #expect(findings.isEmpty, "\(list(findings))")
  }

  @Test func `is the same in the plan, in Package.swift and in the folders`() throws {
    let text = try String(contentsOf: Project.file("Package.swift"), encoding: .utf8)
    let findings = Manifest(text).findings(
      sources: try House.folders("Sources"), tests: try House.folders("Tests"))
    #expect(findings.isEmpty, "\(list(findings))")
  }

  private func list(_ findings: [Finding]) -> String {
    findings.map { "\n  \($0)" }.joined()
  }
}

@Suite struct `The plan` {
  @Test(arguments: Plan.pure)
  func `keeps the system out of a pure room`(name: String) throws {
    let room = try #require(Plan.room(name))
    #expect(Set(room.foreign.keys).isDisjoint(with: Plan.system))
    // What it builds on is as pure, or C.
    for arrow in room.house { #expect(Plan.pure.contains(arrow) || arrow.hasPrefix("C")) }
  }

  @Test func `keeps Foundation out of everything that a worker links`() throws {
    var closure: Set<String> = []
    var open = ["smartflow-worker"]
    while let name = open.popLast() {
      guard closure.insert(name).inserted else { continue }
      let room = try #require(Plan.room(name), "no room `\(name)`")
      #expect(Set(room.foreign.keys).isDisjoint(with: Plan.foundation), "\(name)")
      open += room.house
    }
    #expect(closure.count > 8)
  }

  @Test func `names each room once, and a reason for everything out of the ordinary`() {
    #expect(Set(Plan.rooms.map(\.name)).count == Plan.rooms.count)
    for room in Plan.rooms {
      for reasons in [room.foreign, room.unsafe, room.unchecked] {
        #expect(reasons.values.allSatisfy { $0.count > 10 }, "\(room.name)")
      }
      for place in room.unsafe.keys where !place.isEmpty {
        let path = Project.file("Sources/\(room.name)/\(place)").path
        #expect(FileManager.default.fileExists(atPath: path), "\(path) is gone")
      }
    }
  }
}
