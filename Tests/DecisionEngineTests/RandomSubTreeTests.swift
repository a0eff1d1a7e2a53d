import DecisionEngine
import Filtrex
import JSON
import TestSupport
import Testing

@testable import OracleSupport

/// Random trees, some of whose nodes were published as trees of their own.
private struct TreeSplitter {
  var random: SeededGenerator
  private(set) var trees: [String: JSONValue] = [:]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// The same tree, with `SubTree` nodes.
  mutating func split(_ node: JSONValue) -> JSONValue {
    trees = [:]
    return part(node)
  }

  private mutating func part(_ node: JSONValue) -> JSONValue {
    guard case .object(let object) = node else { return node }
    let parts = JSONValue.object(object.map { ($0.key, inner($0.key, $0.value)) })
    guard Int.random(in: 0..<3, using: &random) == 0 else { return parts }
    let treeID = "t\(trees.count)"
    trees[treeID] = parts
    return .object([
      ("type", .string("SubTree")), ("parameters", .object([("treeId", .string(treeID))])),
    ])
  }

  private mutating func inner(_ key: String, _ value: JSONValue) -> JSONValue {
    switch (key, value) {
    case ("trueAction", _), ("falseAction", _), ("defaultAction", _), ("action", _):
      return part(value)
    case ("actions", .array(let nodes)): return .array(nodes.map { part($0) })
    case ("cases", .array(let branches)), ("shares", .array(let branches)):
      return .array(
        branches.map { branch in
          guard case .object(let object) = branch else { return branch }
          return .object(object.map { ($0.key, inner($0.key, $0.value)) })
        })
    default: return value
    }
  }
}

@Suite struct `Random trees in parts` {
  private func compile(_ json: JSONValue, _ trees: [String: JSONValue]) throws -> Tree? {
    var preparation = TreePreparation(json, registry: EveryKind.registry)
    while try preparation.step() {
      guard let wanted = preparation.wantedTree else { continue }
      preparation.supply(trees[wanted].map { .json(Array($0.canonical.utf8)) } ?? .unknown)
    }
    return preparation.compilation?.tree
  }

  /// Without what only a tree in parts has in its places.
  private func whole(_ path: String) -> String { path.replacing("/subTree", with: "") }

  private struct WholeAction: Equatable {
    var type: String
    var path: String
    var nodeID: String?
    var parameters: JSONObject?
    var failure: ActionFailure?
  }

  private func whole(_ actions: [PlannedAction]) -> [WholeAction] {
    actions.map { action in
      var failure = action.failure
      if case .evaluation(var reason)? = failure?.kind {
        reason.path = whole(reason.path)
        failure?.kind = .evaluation(reason)
      }
      return WholeAction(
        type: action.type, path: whole(action.path), nodeID: action.nodeID,
        parameters: action.parameters, failure: failure)
    }
  }

  private func whole(_ progress: Execution.Progress) -> Execution.Progress {
    guard case .failed(var failure) = progress else { return progress }
    failure.path = whole(failure.path)
    return .failed(failure)
  }

  @Test(.timeLimit(.minutes(5))) func `come out as they do in one piece, for the same fuel`() throws
  {
    var generator = TreeGenerator(seed: fuzzSeed)
    var splitter = TreeSplitter(seed: fuzzSeed)
    var places = 0
    for number in 0..<fuzzIterations(300) {
      // As the catalog has it: parameters are evaluated in the order in which they stand.
      let canonical = Array(generator.tree().canonical.utf8)
      let json = try JSONParser.parse(canonical.span.bytes)
      let parts = splitter.split(json)
      let tree = try #require(try compile(json, [:]), "\(json.oneLine)")
      let split = try #require(try compile(parts, splitter.trees), "\(parts.oneLine)")
      places += split.subTrees.count
      #expect(split.properties == tree.properties)
      #expect(split.fuelBound == tree.fuelBound)
      let context = Context(ExpressionGenerator.context)
      let player = "p-\(number)"
      let expected = run(tree, context, player: player, now: 1_795_514_400, trace: true)
      let found = run(split, context, player: player, now: 1_795_514_400, trace: true)
      let here: () -> Comment = { "seed \(fuzzSeed), tree \(number): \(json.oneLine)" }
      #expect(whole(found.progress) == expected.progress, here())
      #expect(whole(found.actions) == whole(expected.actions), here())
      #expect(found.fuelUsed == expected.fuelUsed, here())
      #expect(
        found.trace.map { whole($0.expressionPath) } == expected.trace.map(\.expressionPath), here()
      )
    }
    #expect(places > 0)
  }
}
