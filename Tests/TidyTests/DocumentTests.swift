import Foundation
import TestSupport
import Testing

/// What a document claims of the project's files.
private struct Document {
  var path: String
  var text: String

  /// Everything between two marks, with what stands before it.
  ///
  /// - Returns: Each text with the last text in backticks before it on its line.
  var namedTests: [(file: String, test: String)] {
    text.split(separator: "\n").flatMap { line -> [(String, String)] in
      var file: String?
      return line.matches(of: /`(?<file>[A-Za-z]+Tests)`|“(?<test>[^”]+)”/).compactMap { match in
        if let name = match.file { file = String(name) }
        guard let test = match.test, let file else { return nil }
        return (file, String(test))
      }
    }
  }

  /// Paths of the project in backticks.
  var paths: [String] {
    text.matches(of: /`(?<path>(Sources|Tests|contrib|proto)\/[A-Za-z0-9_\/.+-]+)/).map {
      String($0.path).trimmingCharacters(in: CharacterSet(charactersIn: "/."))
    }
  }

  static func all() throws -> [Document] {
    try FencedBlock.documents().map {
      Document(path: $0, text: try String(contentsOf: Project.file($0), encoding: .utf8))
    }
  }

  /// Where links lead to: a file beside or above the document, empty for itself, and a heading in it.
  var links: [(file: String, heading: String?)] {
    text.matches(of: /\]\((?<file>[^)#: ]*)(#(?<heading>[^)]*))?\)/).map {
      (String($0.file), $0.heading.map { String($0) })
    }
  }

  /// What links call the headings: small letters and hyphens for spaces, without other signs.
  static func headings(of text: String) -> Set<String> {
    Set(
      text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .replacing(" ", with: "-")
      })
  }
}

@Suite struct `A document` {
  @Test func `names only tests that there are`() throws {
    let folder = Project.file("Tests")
    let files = try #require(FileManager.default.subpaths(atPath: folder.path))
    var sources: [String: String] = [:]
    for path in files where path.hasSuffix("Tests.swift") {
      let name = String(path.split(separator: "/").last ?? "").replacing(".swift", with: "")
      sources[name, default: ""] += try String(
        contentsOf: folder.appending(path: path), encoding: .utf8)
    }
    var count = 0
    for document in try Document.all() {
      for (file, test) in document.namedTests {
        count += 1
        #expect(
          sources[file]?.contains("func `\(test)`") == true,
          "\(document.path) names a test of \(file) that is not there: \(test)")
      }
    }
    #expect(count > 20)
  }

  @Test func `names only files that there are`() throws {
    for document in try Document.all() {
      for path in document.paths {
        #expect(
          FileManager.default.fileExists(atPath: Project.file(path).path),
          "\(document.path) names \(path)")
      }
    }
  }

  @Test func `links only to files and headings that there are`() throws {
    var count = 0
    for document in try Document.all() {
      let place = Project.file(document.path)
      for link in document.links {
        count += 1
        let target =
          link.file.isEmpty ? place : place.deletingLastPathComponent().appending(path: link.file)
        let exists = FileManager.default.fileExists(atPath: target.path)
        #expect(exists, "\(document.path) links to \(link.file)")
        guard exists, let heading = link.heading else { continue }
        let text = try String(contentsOf: target, encoding: .utf8)
        #expect(
          Document.headings(of: text).contains(heading),
          "\(document.path) links to \(link.file)#\(heading)")
      }
    }
    #expect(count > 80)
  }
}
