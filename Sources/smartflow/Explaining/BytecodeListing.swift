internal import DecisionEngine
internal import Filtrex
internal import JSON

/// The programs of expressions, for people and for programs.
struct BytecodeListing {
  /// A program and where its text stands.
  struct Entry {
    /// RFC 6901 pointer to the text; `nil` for an expression without a tree.
    var path: String?
    var program: Program
  }

  var entries: [Entry]

  /// All programs of a tree, in the order in which a reader of it meets them.
  init(_ tree: Tree, _ value: JSONValue) {
    var rest: [String: [Program]] = [:]
    for (path, program) in tree.expressions { rest[path, default: []].append(program) }
    entries = []
    // A text of an action may hold several expressions, which stand in its order already.
    for path in Self.textPaths(of: value, at: JSONPointer()) {
      for program in rest[path] ?? [] { entries.append(Entry(path: path, program: program)) }
    }
  }

  init(_ program: Program) { entries = [Entry(path: nil, program: program)] }

  /// The pointers of all texts, depth first; as deep as the JSON nests.
  private static func textPaths(of value: JSONValue, at pointer: JSONPointer) -> [String] {
    switch value {
    case .string: return [pointer.description]
    case .array(let elements):
      return elements.enumerated().flatMap { textPaths(of: $1, at: pointer.appending($0)) }
    case .object(let members):
      return members.flatMap { textPaths(of: $0.value, at: pointer.appending($0.key)) }
    case .null, .bool, .number: return []
    }
  }

  /// For people.
  var text: String {
    if entries.isEmpty { return "the tree has no expressions" }
    var text = ""
    for entry in entries {
      if !text.isEmpty { text += "\n" }
      if let path = entry.path { text += path + "\n" }
      let indent = entry.path == nil ? "" : "  "
      for line in entry.program.disassembly.split(separator: "\n") {
        text += indent + DisplayText.plain(String(line)) + "\n"
      }
    }
    text.removeLast()
    return text
  }

  /// For programs: a list with one object for each expression.
  var json: JSONValue {
    .array(
      entries.map { entry in
        var members: [(String, JSONValue)] = []
        if let path = entry.path { members.append(("path", .string(path))) }
        members += [
          ("expression", .string(entry.program.expression)),
          ("fuelBound", .number(Double(entry.program.fuelBound))),
          ("stackBound", .number(Double(entry.program.stackBound))),
          ("instructions", .array(entry.program.listing.map(Self.report))),
        ]
        return .object(members)
      })
  }

  private static func report(_ line: ListedInstruction) -> JSONValue {
    .object([
      ("index", .number(Double(line.index))), ("opcode", .string(line.opcode)),
      ("operands", .array(line.operands.map { .string($0) })), ("fuel", .string(line.fuel)),
      ("fuelBound", .number(Double(line.fuelBound))),
      ("start", .number(Double(line.range.lowerBound))),
      ("end", .number(Double(line.range.upperBound))),
    ])
  }
}
