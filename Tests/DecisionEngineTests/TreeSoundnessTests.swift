import Filtrex
import Foundation
import JSON
import TestSupport
import Testing

@testable import DecisionEngine

/// Random trees whose conditions are about a few properties.
private struct BranchGenerator {
  var random: SeededGenerator
  var conditions: ConditionGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    conditions = ConditionGenerator(
      seed: seed, numbers: ["x", "x", "y", "wallet.cash", "cash of wallet"], texts: ["tier"],
      logicals: ["vip"], lists: ["tags", "numbers"])
  }

  private mutating func dice(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }

  private mutating func condition() -> JSONValue {
    .string(conditions.condition(depth: dice(3) == 0 ? 2 : 0))
  }

  mutating func node(depth: Int) -> JSONValue {
    guard depth > 0, dice(8) > 0 else { return action() }
    switch dice(6) {
    case 0:
      return [("type", .string("Sequence")), ("actions", .array(nodes(2, depth - 1)))].asJSON
    case 1:
      let cases = (0..<3).map { _ in
        [("expression", condition()), ("action", node(depth: depth - 1))].asJSON
      }
      return [
        ("type", .string("Switch")), ("cases", .array(cases)),
        ("defaultAction", node(depth: depth - 1)),
      ].asJSON
    default:
      return [
        ("type", .string("Condition")), ("parameters", [("expression", condition())].asJSON),
        ("trueAction", node(depth: depth - 1)), ("falseAction", node(depth: depth - 1)),
      ].asJSON
    }
  }

  private mutating func nodes(_ count: Int, _ depth: Int) -> [JSONValue] {
    (0..<count).map { _ in node(depth: depth) }
  }

  private mutating func action() -> JSONValue {
    let amount = dice(3) == 0 ? "{{if \(conditions.condition(depth: 0)) then 1 else 2}}" : "{{1}}"
    return [
      ("type", .string("GrantBonus")), ("parameters", [("amount", .string(amount))].asJSON),
    ].asJSON
  }
}

extension [(String, JSONValue)] {
  fileprivate var asJSON: JSONValue { .object(JSONObject(self)) }
}

@Suite struct `What the check claims of a tree` {
  /// Some hundred trees a seed; more seeds when somebody has the time.
  static let seeds: Range<UInt64> =
    0..<(ProcessInfo.processInfo.environment["FILTREX_SEEDS"].flatMap(UInt64.init) ?? 10)

  /// Where an execution came, and how its conditions came out.
  private struct Way {
    var paths: [String]
    var outcomes: [String: [Bool?]]

    init(_ tree: Tree, in context: Value) {
      var execution = Execution()
      execution.context = Context(context)
      execution.start(
        tree, inputs: ExecutionInputs(playerID: "p", now: 1_790_000_000, wantsTrace: true))
      var fuel = tree.fuelBound
      while execution.run(tree, fuel: &fuel) == .paused { fuel += 1_000_000 }
      paths = execution.trace.map(\.path) + execution.actions.map(\.path)
      outcomes = [:]
      for step in execution.trace {
        // A list of one counts as its element; what is no logical has failed, and the trace says so in the next step.
        let outcome = ["true": true, "[true]": true, "false": false, "[false]": false][step.result]
        outcomes[step.path, default: []].append(outcome)
      }
    }

    func comes(to path: String) -> Bool {
      paths.contains { $0 == path || $0.hasPrefix(path + "/") }
    }
  }

  @Test(arguments: seeds)
  func `holds in every context that the schema admits`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 3_000)
    var trees = BranchGenerator(seed: seed)
    var (unreachable, constant, witnessed, reached) = (0, 0, 0, 0)
    for _ in 0..<30 {
      let model = SchemaModel.context(&random)
      let reading = ContextSchema.read(.object(model.schema))
      let schema: ContextSchema = try #require(reading.schema, "\(reading.diagnostics)")
      let contexts = (0..<12).map { _ in model.sample(&random) }
      for _ in 0..<6 {
        let compilation = Engine().compile(trees.node(depth: 4))
        let tree = try #require(compilation.tree, "\(compilation.diagnostics)")
        let hasSchema = Int.random(in: 0..<5, using: &random) > 0
        var check = TreeCheck(tree, contextSchema: hasSchema ? schema : nil)
        while check.step() {}
        unreachable += check.unreachable.count
        let claims = Self.claims(check.diagnostics, tree)
        constant += claims.count
        for context in contexts {
          let way = Way(tree, in: context)
          reached += way.paths.count
          for path in check.unreachable where way.comes(to: path) {
            Issue.record("\(path) is reached in \(context.json): \(tree.text)")
          }
          for claim in claims {
            guard let outcomes = way.outcomes[claim.node], claim.index < outcomes.count,
              let outcome = outcomes[claim.index]
            else { continue }
            witnessed += 1
            if outcome != claim.isTrue {
              Issue.record("\(claim) is wrong in \(context.json): \(tree.text)")
            }
          }
        }
      }
    }
    // Without many claims there would be nothing that could be wrong.
    #expect(unreachable > 700 && constant > 300 && witnessed > 1_000 && reached > 8_000)
  }

  /// That a whole condition comes out in one way only, by its node and its number there.
  private static func claims(
    _ diagnostics: [TreeDiagnostic], _ tree: Tree
  ) -> [(node: String, index: Int, isTrue: Bool, message: String)] {
    diagnostics.compactMap { diagnostic in
      let isConstant = [.alwaysTrue, .alwaysFalse, .unreachableBranch].contains(diagnostic.code)
      guard isConstant, let (node, index, text) = condition(at: diagnostic.path, of: tree),
        diagnostic.range == 0..<text.utf8.count
      else { return nil }
      let isTrue = diagnostic.message.contains(" is always true")
      return (node, index, isTrue, diagnostic.message)
    }
  }

  private static func condition(
    at path: JSONPointer, of tree: Tree
  ) -> (node: String, index: Int, text: String)? {
    for node in tree.nodes {
      switch node.kind {
      case .condition(let program, _, _)
      where path.description == node.path + "/parameters/expression":
        return (node.path, 0, tree.programs[program].program.expression)
      case .choice(let cases, _):
        for index in cases.indices
        where path.description == node.path + "/cases/\(index)/expression" {
          return (node.path, index, tree.programs[cases[index].program].program.expression)
        }
      default: continue
      }
    }
    return nil
  }
}

extension Tree {
  fileprivate var text: String { String(decoding: canonicalJSON, as: UTF8.self) }
}

extension Value {
  fileprivate var json: String { JSONValue(self)?.text ?? "\(self)" }
}
