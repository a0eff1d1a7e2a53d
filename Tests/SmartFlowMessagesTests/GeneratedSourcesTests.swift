import Foundation
import TestSupport
import Testing

@Suite struct `What is made from proto/` {
  @Test(
    .enabled(
      if: Protoc.isGeneratorInstalled, "protoc-c is not installed (Debian: protobuf-c-compiler)")
  )
  func `is what the script makes`() throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    _ = try Protoc.run("/bin/sh", [Project.file("proto/generate.sh").path, scratch.path])

    let made = try files(below: scratch)
    #expect(made.count > 20)
    for path in made {
      let ours = try? Data(contentsOf: Project.file(path))
      let theirs = try Data(contentsOf: scratch.appending(path: path))
      #expect(ours == theirs, "\(path) differs: run proto/generate.sh")
    }
    let committed = try files(below: Project.file("Sources/CSmartFlowProto")).filter {
      $0.contains(".pb-c.")
    }
    let sources = made.filter { $0.contains(".pb-c.") }.map {
      String($0.dropFirst("Sources/CSmartFlowProto/".count))
    }
    #expect(Set(committed) == Set(sources), "a file is left over, or missing")
  }

  @Test(.enabled(if: Protoc.isInstalled, "protoc is not installed (Debian: protobuf-compiler)"))
  func `keeps every number and type that was published`() throws {
    let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: output) }
    let files = try files(below: Project.file("proto")).filter { $0.hasSuffix(".proto") }
    _ = try Protoc.run(
      Protoc.path("protoc") ?? "protoc",
      ["--proto_path=" + Project.file("proto").path, "--descriptor_set_out=" + output.path]
        + files.sorted())
    let published = try Declarations(of: Project.file("proto/smartflow.descriptors"))
    let now = try Declarations(of: output)
    #expect(published.lines.count > 200)
    #expect(published.lines.subtracting(now.lines).isEmpty)
  }

  private func files(below folder: URL) throws -> [String] {
    let root = folder.resolvingSymlinksInPath().path + "/"
    let paths = FileManager.default.subpaths(atPath: root) ?? []
    return paths.filter {
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: root + $0, isDirectory: &isDirectory)
        && !isDirectory.boolValue
    }
  }
}

/// What a descriptor set declares: one line for each field, enum value and method, with all that
/// must stay.
private struct Declarations {
  var lines: Set<String> = []

  init(of url: URL) throws {
    let bytes = try Data(contentsOf: url)
    let text = String(
      decoding: try Protoc.run(
        Protoc.path("protoc") ?? "protoc",
        ["--decode=google.protobuf.FileDescriptorSet", "google/protobuf/descriptor.proto"], bytes),
      as: UTF8.self)
    read(text)
  }

  /// Reads the text form: blocks with braces, one `name: value` a line.
  private mutating func read(_ text: String) {
    var blocks: [(kind: String, facts: [String: String])] = []
    for line in text.split(separator: "\n").map({ $0.drop { $0 == " " } }) {
      if line.hasSuffix("{") {
        blocks.append((String(line.prefix { $0 != " " }), [:]))
      } else if line == "}" {
        let block = blocks.removeLast()
        guard ["field", "value", "method"].contains(block.kind) else { continue }
        let facts = ["name", "number", "type", "type_name", "label", "input_type", "output_type"]
          .map { block.facts[$0] ?? "-" }
        let scope = blocks.compactMap { $0.facts["package"] ?? $0.facts["name"] }
        lines.insert((scope + [block.kind] + facts).joined(separator: " "))
      } else if let colon = line.firstIndex(of: ":"), !blocks.isEmpty {
        blocks[blocks.count - 1].facts[String(line[..<colon])] = String(
          line[colon...].dropFirst(2))
      }
    }
  }
}
