import Filtrex
import JSON
import TestSupport
import Testing

@testable import DecisionEngine

extension JSONValue {
  fileprivate var object: JSONObject { if case .object(let object) = self { object } else { [:] } }
  fileprivate var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var number: Double? { if case .number(let number) = self { number } else { nil } }

  static func parse(_ text: String) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8).span.bytes)
  }
}

/// One line of a file of cases: what is to be checked, and all that is to be said of it.
private struct CheckingCase {
  var line: String
  var content: JSONObject

  static func all(_ file: String) throws -> [CheckingCase] {
    try Project.lines(of: Project.file("Tests/DecisionEngineTests/Cases/" + file)).map {
      CheckingCase(line: $0, content: try JSONValue.parse($0).object)
    }
  }

  var schema: ContextSchema? {
    get throws {
      guard let value = content["schema"] else { return nil }
      let reading = ContextSchema.read(value)
      let schema: ContextSchema = try #require(reading.schema, "\(line): \(reading.diagnostics)")
      return schema
    }
  }

  var expected: [[String: JSONValue]] {
    (content["diagnostics"]?.elements ?? []).map {
      Dictionary(uniqueKeysWithValues: $0.object.map { ($0.key, $0.value) })
    }
  }

  /// Holds what was said against what is to be said, a message where the case names one.
  func hold(_ found: [[String: JSONValue]]) {
    var shown = found
    for (index, wanted) in expected.enumerated() where index < shown.count {
      for key in ["message", "suggestion"] where wanted[key] == nil { shown[index][key] = nil }
    }
    #expect(shown == expected, "\(line)\nfound \(found)")
    for diagnostic in found {
      let message = diagnostic["message"]?.text ?? ""
      #expect(!message.hasSuffix(".") && !message.contains("nil"), "\(message)")
    }
  }
}

extension TreeDiagnostic {
  /// As cases write it.
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "code": .string(code.rawValue), "severity": .string(severity.rawValue),
      "path": .string(path.description), "message": .string(message),
    ]
    if !range.isEmpty {
      members["start"] = .number(Double(range.lowerBound))
      members["end"] = .number(Double(range.upperBound))
    }
    return members
  }
}

@Suite struct `The check` {
  @Test func `says of expressions what its cases say, and nothing else`() throws {
    let cases = try CheckingCase.all("checking.ndjson")
    #expect(cases.count > 120)
    for one in cases {
      let text = try #require(one.content["expression"]?.text)
      var checker = ExpressionChecker(context: try one.schema?.shape)
      var properties = PropertyTable()
      try #require(Program.compile(text, properties: &properties).program != nil, "\(text)")
      let verdict = checker.condition(text, at: "", knowing: Facts())
      checker.conclude(verdict, unreachable: [])
      one.hold(
        checker.diagnostics.map { diagnostic in
          var found: [String: JSONValue] = [
            "code": .string(diagnostic.code.rawValue),
            "severity": .string(diagnostic.severity.rawValue),
            "start": .number(Double(diagnostic.range.lowerBound)),
            "end": .number(Double(diagnostic.range.upperBound)),
            "message": .string(diagnostic.message),
          ]
          if let suggestion = diagnostic.suggestion { found["suggestion"] = .string(suggestion) }
          return found
        })
    }
  }

  @Test func `says of trees what its cases say, and nothing else`() throws {
    let cases = try CheckingCase.all("trees.ndjson")
    #expect(cases.count > 25)
    for one in cases {
      let compilation = Engine().compile(try #require(one.content["tree"]))
      let tree = try #require(compilation.tree, "\(one.line): \(compilation.diagnostics)")
      one.hold(Engine().check(tree, contextSchema: try one.schema).map(\.members))
    }
  }

  @Test func `says of schemas what its cases say, and nothing else`() throws {
    let cases = try CheckingCase.all("schemas.ndjson")
    #expect(cases.count > 50)
    for one in cases {
      let reading = ContextSchema.read(try #require(one.content["schema"]))
      one.hold(reading.diagnostics.map(\.members))
      let hasErrors = reading.diagnostics.contains { $0.severity == .error }
      #expect((reading.schema == nil) == hasErrors, "\(one.line)")
    }
  }

  @Test func `is the same in steps, and knows where it stands`() throws {
    let tree = try #require(
      try compile(condition("x > 3", bonus, condition("x > 5", bonus))).tree)
    var check = TreeCheck(tree)
    var paths = [check.currentPath]
    while check.step() { paths.append(check.currentPath) }
    #expect(
      paths == ["", "/trueAction", "/falseAction", "/falseAction/trueAction"], "\(paths)")
    #expect(check.diagnostics == Engine().check(tree))
    #expect(check.unreachable == ["/falseAction/trueAction"])
  }

  @Test func `stops when there is more to say than anybody would read`() throws {
    let many = (0..<20).map { _ in "{{y > \\\"5\\\"}}" }.joined()
    let sms = #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":"\#(many)"}}"#
    let tree = try #require(
      try compile(sequence((0..<80).map { _ in sms })).tree)
    let found = Engine().check(tree)
    #expect(found.count == TreeLimits.diagnostics)
    #expect(found.last?.code == .tooManyDiagnostics)
  }

  @Test func `is no part of compiling`() throws {
    #expect(try compile(condition("1 > 2", bonus)).diagnostics.isEmpty)
  }
}
