import DecisionEngine
import Filtrex
import JSON
import TestSupport
import Testing

@testable import OracleSupport

@Suite struct `Random trees` {
  private static let now = 1_795_514_400.0

  /// How a run came out, in the oracle's words.
  private static func ending(of run: Run) -> TreeOracle.Ending {
    func words(_ failure: ExecutionFailure) -> TreeOracle.Failure {
      TreeOracle.Failure(
        reason: failure.reason, property: failure.property, expression: failure.expression)
    }
    switch run.progress {
    case .failed(let failure): return .failed(path: failure.path, words(failure))
    case .paused: return .finished([])
    case .finished:
      return .finished(
        run.actions.map { action in
          let failure: TreeOracle.Failure? =
            switch action.failure?.kind {
            case .evaluation(let failure)?: words(failure)
            case .parameters?: TreeOracle.Failure(reason: "INVALID_PARAMETER")
            case nil: nil
            }
          return TreeOracle.Entry(
            type: action.type, path: action.path, id: action.nodeID,
            parameters: action.parameters.map { JSONValue.object($0).canonical }, failure: failure)
        })
    }
  }

  /// The expressions' context, with some of its properties gone or another's value.
  private static func context(_ random: inout SeededGenerator) -> Value {
    guard case .object(var members) = ExpressionGenerator.context else { return .object([]) }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      guard let index = members.indices.randomElement(using: &random) else { break }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: members.remove(at: index)
      case 1: members[index].value = .number(Double(Int.random(in: -2...3, using: &random)))
      case 2: members[index].value = .logical(Bool.random(using: &random))
      default: members[index].value = members.randomElement(using: &random)?.value ?? .null
      }
    }
    return .object(members)
  }

  @Test(.timeLimit(.minutes(10)))
  func `come out as the plain executor says, in one slice and in many, within the bound`() throws {
    var generator = TreeGenerator(seed: fuzzSeed)
    var mutator = TreeMutator(seed: fuzzSeed)
    var random = SeededGenerator(seed: fuzzSeed)
    let engine = Engine(registry: EveryKind.registry)
    var counts = Counts()
    for number in 0..<fuzzIterations(10_000) {
      let isSpoilt = number.isMultiple(of: 5)
      var json = generator.tree(depth: Int.random(in: 0...4, using: &random))
      if isSpoilt { json = mutator.mutated(json, times: 1) }
      let compilation = engine.compile(json)
      guard let tree = compilation.tree else {
        counts.refused += 1
        #expect(isSpoilt, "\(compilation.diagnostics) in \(json.oneLine)")
        continue
      }
      let context = Self.context(&random)
      let player = "p-\(number)"
      let here: () -> Comment = {
        "seed \(fuzzSeed), tree \(number): \(json.oneLine), context \(context)"
      }
      let whole = run(tree, Context(context), player: player, now: Self.now)
      let expected = TreeOracle.execute(json, context, playerID: player, now: Self.now)
      #expect(Self.ending(of: whole) == expected, here())
      #expect(whole.fuelUsed <= tree.fuelBound, here())
      for other in [
        run(tree, Context(context), player: player, now: Self.now, slice: 1),
        run(tree, Context(context), player: player, now: Self.now, trace: true),
      ] {
        #expect(other.progress == whole.progress, here())
        #expect(other.actions == whole.actions, here())
        #expect(other.fuelUsed == whole.fuelUsed, here())
      }
      counts.add(whole)
    }
    print("random trees: \(counts)")
    // Where one ending hardly ever happens, agreement on it says nothing.
    guard fuzzIterations(10_000) >= 1_000 else { return }
    #expect(counts.smallest > fuzzIterations(10_000) / 50)
  }

  private struct Counts: CustomStringConvertible {
    var refused = 0
    var completed = 0
    var partial = 0
    var failed = 0
    var nothing = 0
    var actions = 0

    var smallest: Int { min(refused, completed, partial, failed, nothing) }

    mutating func add(_ run: Run) {
      actions += run.actions.count
      let failures = run.actions.count { $0.failure != nil }
      if run.progress != .finished {
        failed += 1
      } else if run.actions.isEmpty {
        nothing += 1
      } else if failures > 0 {
        partial += 1
      } else {
        completed += 1
      }
    }

    var description: String {
      "\(completed) completed, \(partial) partly, \(failed) failed, \(nothing) with nothing to do, \(refused) refused; \(actions) actions"
    }
  }
}
