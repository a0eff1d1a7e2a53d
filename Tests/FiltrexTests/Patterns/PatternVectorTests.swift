import JSON
import TestSupport
import Testing

@testable import Filtrex

/// One line of `patterns.ndjson`, or of `Cases/patterns.ndjson`.
struct PatternCase: Sendable, CustomTestStringConvertible {
  var pattern: String
  var text: String
  var matches: Bool?
  /// The code of an error, and its place in the pattern's bytes.
  var error: String?
  var range: Range<Int>?
  /// What its sentence has to name.
  var names: String?

  var testDescription: String { "\(pattern) and \(text.debugDescription)" }

  static func all(in path: String) throws -> [PatternCase] {
    try Project.lines(of: Project.file("Tests/FiltrexTests/" + path)).map { line in
      let bytes = Array(line.utf8)
      let object = try #require(JSONParser.parse(bytes.span.bytes).object)
      let start = object["start"]?.number.map { Int($0) }
      let end = object["end"]?.number.map { Int($0) }
      return PatternCase(
        pattern: try #require(object["pattern"]?.text), text: object["text"]?.text ?? "",
        matches: object["matches"] == .bool(true)
          ? true : object["matches"] == .bool(false) ? false : nil,
        error: object["error"]?.text, range: start.flatMap { start in end.map { start..<$0 } },
        names: object["names"]?.text)
    }
  }
}

@Suite struct `V8's vectors` {
  @Test func `match alike, whole and in slices of one unit, for one price within the bound`() throws
  {
    let cases = try PatternCase.all(in: "Vectors/patterns.ndjson")
    #expect(cases.count == 1_500)
    var passed = 0
    var matcher = PatternMatcher()
    for one in cases {
      let pattern = try Pattern(one.pattern)
      let text = Array(one.text.utf8)
      let whole = Match(pattern, text)
      #expect(whole.answer == one.matches, "\(one.testDescription)")
      for slice in [1, .max / 2] {
        #expect(
          Match(pattern, text, with: &matcher, slice: slice) == whole, "\(one.testDescription)")
      }
      let bound = pattern.fuelBound(textBytes: text.count)
      #expect(whole.fuel <= bound, "\(one.testDescription)")
      passed += whole.answer == one.matches ? 1 : 0
    }
    print("pattern vectors: \(passed) of \(cases.count)")
  }

  @Test func `mean the same in an expression, written out and made at run time`() throws {
    let cases = try PatternCase.all(in: "Vectors/patterns.ndjson")
    for one in cases {
      func quoted(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      }
      let context = Context(
        .object([
          .init(name: "t", value: .text(one.text)), .init(name: "p", value: .text(one.pattern)),
        ]))
      let answer = one.matches == true
      for expression in ["t ~= \"\(quoted(one.pattern))\"", "t ~= p + \"\""] {
        let run = Run(expression, in: context)
        #expect(run.outcome == .value(.logical(answer)), "\(one.testDescription)")
        #expect(run.fuelUsed <= run.fuelBound)
        let sliced = Run(expression, in: context, slice: 1)
        #expect(sliced.outcome == run.outcome && sliced.fuelUsed == run.fuelUsed)
      }
    }
  }
}

@Suite struct `The syntax of patterns` {
  @Test func `is what its cases say, and every error has its place and names the remedy`() throws {
    let cases = try PatternCase.all(in: "Cases/patterns.ndjson")
    #expect(cases.count > 150)
    for one in cases {
      do throws(PatternError) {
        let pattern = try Pattern(one.pattern)
        #expect(pattern.matches(one.text) == one.matches, "\(one.testDescription)")
      } catch {
        #expect(one.error == error.diagnosticCode.rawValue, "\(one.testDescription): \(error)")
        #expect(one.range == error.range, "\(one.testDescription): \(error.range)")
        let sentence = error.description
        #expect(sentence.contains(one.names ?? "?"), "\(one.testDescription): \(sentence)")
        // One sentence: what is wrong, a colon, and what to do; no full stop.
        #expect(sentence.contains(": ") && !sentence.hasSuffix("."), "\(sentence)")
        #expect(sentence.first.map { $0.isLowercase || $0 == "`" } == true, "\(sentence)")
      }
    }
  }
}
