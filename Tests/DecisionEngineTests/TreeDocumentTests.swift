import Foundation
import JSON
import TestSupport
import Testing

@testable import DecisionEngine

@Suite struct `The document of trees` {
  private static let path = "contrib/docs/trees.md"

  @Test func `has every node as it is`() throws {
    var text = "### Every node\n\n" + Self.table(NodeType.commonFields.fields, "")
    for type in NodeType.allCases {
      let declaration = type.declaration
      text += "\n### \(type.rawValue)\n\n\(declaration.summary)"
      if !declaration.alternatives.isEmpty {
        let names = declaration.alternatives.map { "`\($0)`" }.joined(separator: " and ")
        text += " It needs one of \(names) at least."
      }
      text += "\n\n"
      text += Self.table(declaration.parameters.fields, "parameters.", declaration.fields)
    }
    let part = GeneratedPart("nodes", of: Self.path)
    #expect(try part.text(shouldBe: text) == text, "\(GeneratedPart.remedy)")
  }

  @Test func `has every action as it is`() throws {
    let registry = ActionRegistry.standard
    var text = ""
    for name in registry.names {
      let action = try #require(registry[name])
      let rows = action.parameters.map {
        [
          "`\($0.name)`", Self.words(for: $0.kind), $0.isRequired ? "needed" : "", $0.summary,
        ]
      }
      text += text.isEmpty ? "" : "\n"
      text += "### \(name)\n\n\(action.summary)\n\n"
      text += markdownTable(["parameter", "value", "", "meaning"], rows)
    }
    let part = GeneratedPart("actions", of: Self.path)
    #expect(try part.text(shouldBe: text) == text, "\(GeneratedPart.remedy)")
  }

  @Test func `has every code of a mistake`() throws {
    let text = try String(contentsOf: Project.file(Self.path), encoding: .utf8)
    for code in TreeDiagnostic.Code.allCases {
      #expect(text.contains("`\(code.rawValue)`"), "\(code.rawValue)")
    }
  }

  @Test func `has every limit as it is`() throws {
    let rows = [
      ["bytes of JSON", TreeLimits.json.byteCount],
      ["nodes inside one another", TreeLimits.nesting],
      ["nodes", TreeLimits.nodes],
      ["children of a Sequence, cases, shares", TreeLimits.children],
      ["actions on one path", TreeLimits.actionsOnPath],
      ["expressions, those in templates counted", TreeLimits.expressions],
      ["bytes of memory of all patterns", TreeLimits.patternBytes],
      ["published trees that are part of it", TreeLimits.subTrees],
      ["bytes of a text that a template makes", TreeLimits.renderedTextBytes],
      ["bytes, about, of a value that one template gives", TreeLimits.renderedValueBytes],
      ["bytes of a player's ID", TreeLimits.playerIDBytes],
      ["bytes of a context as JSON", TreeLimits.context.byteCount],
      ["errors that are told of, and warnings", TreeLimits.diagnostics],
    ].map { row in row.map { "\($0)" } }
    let table = markdownTable(["limit", ""], rows)
    let part = GeneratedPart("limits", of: Self.path)
    #expect(try part.text(shouldBe: table) == table, "\(GeneratedPart.remedy)")
  }

  @Test func `shows what trees decide`() throws {
    var tree = ""
    var count = 0
    for block in try FencedBlock.all(of: Self.path) {
      switch block.language {
      case "json": tree = block.text
      case "decides":
        let compilation = try compile(tree)
        let compiled = try #require(
          compilation.tree, "\(block.place): \(compilation.diagnostics)")
        for line in block.text.split(separator: "\n") {
          let parts = line.split(separator: "→").map { $0.trimmingCharacters(in: .whitespaces) }
          try #require(parts.count == 2, "\(block.place): \(line)")
          let run = try run(compiled, parts[0], player: "maria")
          #expect(Self.words(for: run) == parts[1], "\(block.place): \(parts[0])")
          count += 1
        }
      case "mistakes":
        let said = try compile(tree).diagnostics.map { "\($0.code.rawValue) \($0.path)" }
        #expect(said == block.text.split(separator: "\n").map(String.init), "\(block.place)")
        count += 1
      default: break
      }
    }
    #expect(count > 12)
  }

  // MARK: Words

  private static func words(for run: Run) -> String {
    if case .failed(let failure) = run.progress { return failure.reason }
    if run.actions.isEmpty { return "nothing" }
    return run.actions.map { action in
      if let failure = action.failure { return "\(action.type) FAILED \(failure.reason)" }
      return "\(action.type) \(JSONValue.object(action.parameters ?? [:]).text)"
    }.joined(separator: "; ")
  }

  private static func table(
    _ fields: [NodeField], _ prefix: String, _ more: [NodeField] = []
  ) -> String {
    let rows = fields.flatMap { Self.rows($0, prefix) } + more.flatMap { Self.rows($0, "") }
    return markdownTable(["field", "value", "", "meaning"], rows)
  }

  private static func rows(_ field: NodeField, _ prefix: String) -> [[String]] {
    let name = prefix + field.name
    let row = [
      "`\(name)`", words(for: field.kind), field.isRequired ? "needed" : "", field.summary,
    ]
    guard case .branches(let known) = field.kind else { return [row] }
    return [row] + known.fields.flatMap { rows($0, name + "[].") }
  }

  private static func words(for kind: NodeField.Kind) -> String {
    switch kind {
    case .type: "the name of a node or an action"
    case .parameters: "an object"
    case .identifier: "`\(NodeField.identifierPattern)`"
    case .text: "a text"
    case .object: "an object"
    case .expression: "an [expression](language.md)"
    case .treeID: "`\(NodeField.treeIDPattern)`"
    case .choice(let choices): choices.map { "`\"\($0)\"`" }.joined(separator: " or ")
    case .weight: "a number from 0 to \(JSONValue.number(TreeLimits.weight).text)"
    case .node: "a node"
    case .nodes: "1 to \(TreeLimits.children) nodes"
    case .branches: "1 to \(TreeLimits.children) objects"
    }
  }

  private static func words(for kind: Parameter.Kind) -> String {
    switch kind {
    case .text(let length, let format):
      let count =
        length.lowerBound == length.upperBound
        ? "\(length.lowerBound) characters"
        : "\(length.lowerBound) to \(length.upperBound) characters"
      return format.map { "\($0.name); \(count)" } ?? "a text of \(count)"
    case .number(let bounds, let isWhole):
      let parts = [
        bounds.greaterThan.map { "above \(JSONValue.number($0).text)" },
        bounds.atLeast.map { "\(JSONValue.number($0).text) or more" },
        bounds.atMost.map { "\(JSONValue.number($0).text) at most" },
      ].compactMap { $0 }
      return ([isWhole ? "a whole number" : "a number"] + parts).joined(separator: ", ")
    case .logical: return "true or false"
    case .choice(let choices): return choices.map { "`\"\($0)\"`" }.joined(separator: ", ")
    case .list(let kind, let count):
      return "a list of \(count.lowerBound) to \(count.upperBound), each \(words(for: kind))"
    }
  }
}
