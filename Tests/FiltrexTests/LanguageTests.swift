import Filtrex
import Foundation
import JSON
import TestSupport
import Testing

/// One line of `Cases/language.ndjson`: as the vectors, its context written beside it.
struct LanguageCase: Sendable, CustomTestStringConvertible {
  var vector: Vector
  var context: Context
  var range: Range<Int>?

  var testDescription: String { vector.expression }

  static func all() throws -> [LanguageCase] {
    try Project.lines(of: Project.file("Tests/FiltrexTests/Cases/language.ndjson")).map { line in
      let bytes = Array(line.utf8)
      let object = try #require(JSONParser.parse(bytes.span.bytes).object)
      let start = object["start"]?.number.map { Int($0) }
      let end = object["end"]?.number.map { Int($0) }
      return LanguageCase(
        vector: Vector(object),
        context: Context(object["context"].map(Value.init(json:)) ?? .object([])),
        range: start.flatMap { start in end.map { start..<$0 } })
    }
  }
}

@Suite struct `The language` {
  @Test func `does what its cases say, whole and in slices of one unit`() throws {
    let cases = try LanguageCase.all()
    #expect(cases.count > 140)
    for one in cases {
      let run = Run(one.vector.expression, in: one.context)
      #expect(one.vector.agrees(with: run.outcome), "\(one.vector) gave \(run.outcome)")
      if let range = one.range {
        #expect(run.outcome.range == range, "\(one.vector) gave \(run.outcome)")
      }
      let sliced = Run(one.vector.expression, in: one.context, slice: 1)
      #expect(run.outcome == sliced.outcome && run.fuelUsed == sliced.fuelUsed, "\(one.vector)")
      #expect(run.fuelUsed <= run.fuelBound, "\(one.vector)")
    }
  }

  @Test(arguments: [
    "\u{A0}", "\u{FEFF}", "\u{2003}", "\u{2028}", "\u{3000}", "\t", "\r\n", "\u{B}",
  ])
  func `takes any white space of JavaScript's`(space: String) {
    #expect(Run("1\(space)+\(space)2").outcome == .value(.number(3)))
  }

  @Test(arguments: [
    ("true ? 1 : 2", Diagnostic.Code.oldForm), ("7 % 2", .oldForm), ("010", .octalNumber),
  ])
  func `takes old forms with a warning`(expression: String, code: Diagnostic.Code) {
    let run = Run(expression)
    #expect(run.diagnostics.map(\.code) == [code])
    #expect(run.diagnostics.map(\.severity) == [.warning])
    guard case .value = run.outcome else {
      Issue.record("\(run.outcome)")
      return
    }
  }

  @Test func `is opened by one door for a command line`() throws {
    let context = Context(.object([.init(name: "daysInactive", value: .number(7))]))
    #expect(
      try Filtrex.Expression.evaluate("daysInactive > 5", in: context, now: 0) == .logical(true))
    #expect(throws: Filtrex.Expression.Failure.self) {
      try Filtrex.Expression.evaluate("daysInactive >", in: context, now: 0)
    }
    do throws(Filtrex.Expression.Failure) {
      _ = try Filtrex.Expression.evaluate("tier", in: context, now: 0)
      Issue.record("a missing property has a value")
    } catch {
      guard case .notEvaluated(let error) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.code == .unknownProperty && error.property == "tier")
      #expect(error.description.contains("exists(tier)"))
    }
  }
}

extension Outcome {
  var range: Range<Int>? {
    switch self {
    case .value: nil
    case .notCompiled(let diagnostic): diagnostic.range
    case .notEvaluated(let error): error.range
    }
  }
}
