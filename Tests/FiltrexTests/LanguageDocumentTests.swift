import Foundation
import JSON
import TestSupport
import Testing

@testable import Filtrex

@Suite struct `The document of the language` {
  private static let path = "contrib/docs/language.md"

  @Test func `has every function as it is`() throws {
    let rows = FunctionTable.rows.map { row in
      let repeated = row.repeatedParameter.map { ["\($0.rawValue), …"] } ?? []
      let parameters = (row.parameters.map(\.rawValue) + repeated).joined(separator: ", ")
      let fuel = row.fuelNotation.map { "1 + \($0)" } ?? "1"
      return [
        "`\(row.name)(\(parameters))`", row.result?.rawValue ?? "what is there", row.summary, fuel,
      ]
    }
    let table = markdownTable(["function", "value", "which is", "fuel, at most"], rows)
    let part = GeneratedPart("functions", of: Self.path)
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }

  @Test func `has every opcode as it is`() throws {
    let rows = OpcodeRow.all.map { row in
      let operands = row.operands.map { "`\($0.rawValue)`" }.joined(separator: " ")
      var stack = "\(row.pops) → \(row.pushes)"
      if row.opcode == .call { stack = "arguments → 1" }
      if let pushes = row.pushesAtTarget { stack += ", at the target \(pushes)" }
      return [
        "\(row.opcode.rawValue)", "`\(row.name)`", operands, stack, row.fuel.summary, row.summary,
      ]
    }
    let table = markdownTable(["", "opcode", "operands", "stack", "fuel", "what it does"], rows)
    let part = GeneratedPart("opcodes", of: Self.path)
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }

  @Test func `has every code of a mistake`() throws {
    // What the check says of contexts has a page of its own.
    let checks: [Diagnostic.Code] = [
      .alwaysTrue, .alwaysFalse, .unreachableBranch, .unknownProperty, .unexpectedType,
      .optionalProperty,
    ]
    let text = try String(contentsOf: Project.file(Self.path), encoding: .utf8)
    let codes =
      Diagnostic.Code.allCases.filter { !checks.contains($0) }.map(\.rawValue)
      + EvaluationError.Code.allCases.map(\.rawValue)
    for code in codes { #expect(text.contains("`\(code)`"), "\(code)") }
  }

  @Test func `has every limit as it is`() throws {
    let rows = [
      ["bytes of an expression", Limits.expressionBytes], ["nesting", Limits.nesting],
      ["instructions of an expression", Limits.instructions],
      ["values held at once", Limits.stackDepth],
      ["elements of a list that is written out", Limits.listElements],
      ["properties that a tree names", Limits.properties],
      ["bytes of a text made at run time", Limits.textBytes],
      ["bytes of all texts that an evaluation holds at once", Limits.heldTextBytes],
      ["states of a pattern, its repeats written out", Limits.patternStates],
      ["ranges in the classes of a pattern", Limits.patternRanges],
      ["groups of a pattern inside one another", Limits.patternNesting],
      ["bytes of names and texts in a context", Limits.contextBytes],
      ["values in a context", Limits.contextValues],
      ["objects and lists of a context inside one another", Limits.contextNesting],
    ].map { row in row.map { "\($0)" } }
    let table = markdownTable(["limit", ""], rows)
    let part = GeneratedPart("limits", of: Self.path)
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }

  @Test func `shows what expressions come to`() throws {
    let blocks = try FencedBlock.all(of: Self.path)
    let json = try #require(blocks.first { $0.language == "json" }?.text)
    let context = Context(Value(json: try Self.parse(json)))
    var count = 0
    for block in blocks where block.language == "filtrex" {
      for line in block.text.split(separator: "\n") {
        let parts = line.split(separator: "→", maxSplits: 1).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        try #require(parts.count == 2, "\(block.place): \(line)")
        let outcome = Run(parts[0], in: context).outcome
        #expect(
          try Self.vector(parts[0], parts[1]).agrees(with: outcome),
          "\(block.place): \(line), but \(outcome)")
        count += 1
      }
    }
    #expect(count > 60)
  }

  /// What the document shows: a value as JSON, `NaN` and its like, or a code and the name that it is about.
  private static func vector(_ expression: String, _ shown: String) throws -> Vector {
    var line: [(String, JSONValue)] = [("expression", .string(expression))]
    let words = shown.split(separator: " ")
    if ["NaN", "Infinity", "-Infinity", "-0"].contains(shown) {
      line.append(("value", .object([("$number", .string(shown))])))
    } else if shown.wholeMatch(of: /[A-Z_]+( [\w.]+)?/) != nil {
      line.append(("error", .string(String(words[0]))))
      if words.count > 1 {
        line.append(("property", .string(String(words[1]))))
        line.append(("function", .string(String(words[1]))))
      }
    } else {
      line.append(("value", try parse(shown)))
    }
    return Vector(JSONObject(line))
  }

  private static func parse(_ text: String) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8).span.bytes)
  }
}
