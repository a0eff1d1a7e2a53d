import Foundation
import TestSupport
import Testing

@testable import Filtrex
@testable import OracleSupport

@Suite struct `Random expressions` {
  /// A thousand expressions a seed; more seeds when somebody has the time.
  static let seeds: Range<UInt64> =
    0..<(ProcessInfo.processInfo.environment["FILTREX_SEEDS"].flatMap(UInt64.init) ?? 10)

  @Test(arguments: seeds)
  func `come out as the plain evaluator says, whole and sliced, within the bound`(seed: UInt64) {
    var generator = ExpressionGenerator(seed: seed)
    let context = Context(ExpressionGenerator.context)
    var values = 0
    for _ in 0..<1_000 {
      let text = generator.expression()
      let run = Run(text, in: context)
      if case .notCompiled(let diagnostic) = run.outcome {
        Issue.record("\(text): \(diagnostic)")
        continue
      }
      let oracle = Oracle(text, context: ExpressionGenerator.context, now: Run.now)
      do throws(Oracle.Failure) {
        let expected = try oracle.evaluate()
        #expect(run.outcome == .value(expected), "\(text)")
        values += 1
      } catch {
        guard case .notEvaluated(let got) = run.outcome else {
          Issue.record("\(text): expected \(error), got \(run.outcome)")
          continue
        }
        #expect(got.code.rawValue == error.code && got.property == error.property, "\(text)")
      }
      let sliced = Run(text, in: context, slice: 1)
      #expect(sliced.outcome == run.outcome && sliced.fuelUsed == run.fuelUsed, "\(text)")
      #expect(run.fuelUsed <= run.fuelBound, "\(text)")
      #expect(run.valueBytes <= run.valueBytesBound, "\(text)")
      #expect(run.textBytes <= run.textBytesBound, "\(text)")
    }
    #expect(values > 300)
  }

  @Test func `that are mutated, and bytes that are none, never crash the compiler`() {
    var random = SeededGenerator(seed: 11)
    var generator = ExpressionGenerator(seed: 12)
    let signs = Array("()'\"\\,=!~<>+-*/^%?:.&|#@ \n\u{A0}é0a$".utf8)
    for round in 0..<4_000 {
      var bytes =
        round.isMultiple(of: 4)
        ? (0..<Int.random(in: 0...60, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        } : Array(generator.expression(depth: 4).utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        if Bool.random(using: &random), place < bytes.count {
          bytes.remove(at: place)
        } else {
          bytes.insert(signs.randomElement(using: &random) ?? 0, at: place)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let run = Run(text, in: Context(ExpressionGenerator.context))
      for diagnostic in run.diagnostics {
        #expect(
          diagnostic.range.lowerBound >= 0 && diagnostic.range.upperBound <= text.utf8.count,
          "\(text): \(diagnostic)")
        #expect(!diagnostic.message.isEmpty)
      }
    }
  }
}
