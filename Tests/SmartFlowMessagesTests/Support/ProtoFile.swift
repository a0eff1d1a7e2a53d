import Foundation
import TestSupport

/// What a `.proto` file of ours declares, with its comments: read line by line, for its tables in the documentation.
struct ProtoFile {
  struct Line: Equatable {
    /// Of a field its type; of a method its request and response.
    var type: String
    var name: String
    var number: Int
    var comment: String
    /// The `oneof` that a field belongs to.
    var choice: String?
  }

  struct Declaration: Equatable {
    enum Kind: String {
      case message, `enum`, service
    }

    var kind: Kind
    /// With the names that it is nested in: `BadRequest.FieldViolation`.
    var name: String
    var comment: String
    var lines: [Line] = []
  }

  struct Malformed: Error { var line: String }

  private(set) var package = ""
  private(set) var declarations: [Declaration] = []

  /// Reads `proto/PATH`.
  init(_ path: String) throws {
    var open: [Int] = []
    var choice: String?
    var comment: [String] = []
    for line in try Project.lines(of: Project.file("proto/" + path)) {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.hasPrefix("//") {
        comment.append(line.dropFirst(2).trimmingCharacters(in: .whitespaces))
        continue
      }
      let said = comment.joined(separator: " ")
      comment = []
      if let match = line.wholeMatch(of: /package ([\w.]+);/) {
        package = String(match.1)
      } else if let match = line.wholeMatch(of: /(message|enum|service) (\w+) \{(\})?/) {
        let outer = open.last.map { declarations[$0].name + "." } ?? ""
        guard let kind = Declaration.Kind(rawValue: String(match.1)) else {
          throw Malformed(line: line)
        }
        declarations.append(Declaration(kind: kind, name: outer + match.2, comment: said))
        if match.3 == nil { open.append(declarations.count - 1) }
      } else if let match = line.wholeMatch(of: /oneof (\w+) \{/) {
        choice = String(match.1)
      } else if line == "}" {
        if choice != nil { choice = nil } else { open.removeLast() }
      } else if let last = open.last, let read = try Self.line(line, said, choice) {
        declarations[last].lines.append(read)
      }
    }
  }

  private static func line(_ line: String, _ comment: String, _ choice: String?) throws -> Line? {
    if let match = line.wholeMatch(of: /rpc (\w+)\((\w+)\) returns \((stream )?(\w+)\);/) {
      return Line(
        type: "`\(match.2)` → \(match.3 == nil ? "" : "stream of ")`\(match.4)`",
        name: String(match.1), number: 0, comment: comment)
    }
    if let match = line.wholeMatch(of: /(\w+) = (\d+);/), let number = Int(match.2) {
      return Line(type: "", name: String(match.1), number: number, comment: comment)
    }
    if let match = line.wholeMatch(of: /((?:repeated )?[\w.]+|map<[\w., ]+>) (\w+) = (\d+);/),
      let number = Int(match.3)
    {
      return Line(
        type: "`\(match.1)`", name: String(match.2), number: number, comment: comment,
        choice: choice)
    }
    guard line.hasPrefix("reserved ") || line.hasPrefix("option ") else {
      throw Malformed(line: line)
    }
    return nil
  }
}
