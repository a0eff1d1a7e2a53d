internal import Foundation

/// A part of a document that is made of the source: all between `<!-- NAME -->` and `<!-- end of NAME -->`.
public struct GeneratedPart {
  /// A document without the marks of a part.
  public struct Missing: Error, CustomStringConvertible {
    var mark: String
    var path: String

    /// One sentence.
    public var description: String { "\(path) has no line \(mark)" }
  }

  /// Parts of one document may be written by several tests at once.
  private static let lock = NSLock()

  private let name: String
  private let path: String

  /// Names a part of the document at a path of the project.
  public init(_ name: String, of path: String) {
    self.name = name
    self.path = path
  }

  /// The part as it stands, its last line break included.
  ///
  /// With `SMARTFLOW_WRITE_DOCUMENTS=1` it is written anew before.
  ///
  /// - Parameter text: What it should be.
  /// - Returns: What it is.
  /// - Throws: ``Missing`` where the document has no such part.
  public func text(shouldBe text: String) throws -> String {
    try Self.lock.withLock {
      let file = Project.file(path)
      let document = try String(contentsOf: file, encoding: .utf8)
      let (begin, end) = ("<!-- \(name) -->\n", "<!-- end of \(name) -->")
      guard let start = document.range(of: begin)?.upperBound else {
        throw Missing(mark: begin, path: path)
      }
      guard let stop = document.range(of: end, range: start..<document.endIndex)?.lowerBound else {
        throw Missing(mark: end, path: path)
      }
      guard ProcessInfo.processInfo.environment["SMARTFLOW_WRITE_DOCUMENTS"] == "1" else {
        return String(document[start..<stop])
      }
      try (document[..<start] + text + document[stop...]).write(
        to: file, atomically: true, encoding: .utf8)
      return text
    }
  }

  /// What to do about a part that is another one.
  public static let remedy: String =
    "run this test with SMARTFLOW_WRITE_DOCUMENTS=1 and look at what has changed"
}

/// A table of a document, in Markdown.
///
/// - Parameters:
///   - head: What stands above the columns.
///   - rows: The cells; a bar in one is escaped.
/// - Returns: The table, with a line break at its end.
public func markdownTable(_ head: [String], _ rows: [[String]]) -> String {
  let lines =
    [head, head.map { _ in "---" }].map { "| " + $0.joined(separator: " | ") + " |" }
    + rows.map { "| " + $0.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |" }
  return lines.joined(separator: "\n") + "\n"
}
