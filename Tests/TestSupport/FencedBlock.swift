internal import Foundation

/// A fenced block of a Markdown document, with the marks in comments above it.
public struct FencedBlock: Sendable {
  /// The document, by its path in the project.
  public var document: String
  /// The line of its opening fence, from 1.
  public var line: Int
  /// The word behind the fence: `sh`, `json`; empty where there is none.
  public var language: String
  /// What stands in it, with a line break at its end.
  public var text: String
  /// What the comments right above it say, in order: of `<!-- run: daemon -->`, `run: daemon`.
  public var marks: [String]

  /// Makes a block of its parts.
  public init(document: String, line: Int, language: String, text: String, marks: [String]) {
    self.document = document
    self.line = line
    self.language = language
    self.text = text
    self.marks = marks
  }

  /// Where it is, for people.
  public var place: String { "\(document):\(line)" }

  /// What the mark of a name says behind its colon, empty where it has none; `nil` without such a mark.
  public func mark(_ name: String) -> String? {
    for mark in marks {
      if mark == name { return "" }
      if mark.hasPrefix(name + ":") {
        return mark.dropFirst(name.count + 1).trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
    return nil
  }

  /// All blocks of a document, in order.
  public static func all(of document: String) throws -> [FencedBlock] {
    let text = try String(contentsOf: Project.file(document), encoding: .utf8)
    return blocks(in: text, of: document)
  }

  /// All blocks of a document's text.
  public static func blocks(in text: String, of document: String) -> [FencedBlock] {
    var blocks: [FencedBlock] = []
    var marks: [String] = []
    var comment: [Substring]?
    var open: FencedBlock?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if var block = open {
        if line == "```" {
          blocks.append(block)
          open = nil
        } else {
          block.text += line + "\n"
          open = block
        }
      } else if line.hasPrefix("```") {
        open = FencedBlock(
          document: document, line: index + 1, language: String(line.dropFirst(3)), text: "",
          marks: marks)
        marks = []
      } else if comment != nil || line.hasPrefix("<!--") {
        comment = (comment ?? []) + [line]
        guard line.hasSuffix("-->") else { continue }
        let whole = (comment ?? []).joined(separator: "\n").dropFirst(4).dropLast(3)
        marks.append(whole.trimmingCharacters(in: .whitespacesAndNewlines))
        comment = nil
      } else if !line.allSatisfy(\.isWhitespace) {
        marks = []
      }
    }
    return blocks
  }

  /// Every document of the project for people who use it.
  public static func documents() throws -> [String] {
    let files = FileManager.default
    func names(_ folder: String) throws -> [String] {
      try files.contentsOfDirectory(atPath: Project.file(folder).path).sorted()
    }
    let documents = (files.subpaths(atPath: Project.file("contrib/docs").path) ?? [])
      .filter { $0.hasSuffix(".md") }.map { "contrib/docs/" + $0 }
    let readMes = try names("contrib").map { "contrib/\($0)/README.md" }
      .filter { files.fileExists(atPath: Project.file($0).path) && !$0.contains("/docs/") }
    return (["README.md", "contrib/reliability.md", "proto/README.md"] + documents + readMes)
      .sorted()
  }
}
