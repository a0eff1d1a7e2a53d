import DecisionEngine
import Filtrex
import JSON
import TestSupport
import Testing

@Suite struct `Validation` {
  @Test(arguments: [
    ("[]", "WRONG_TYPE", ""), ("{}", "MISSING_FIELD", ""),
    (#"{"type":1}"#, "WRONG_TYPE", "/type"), (#"{"type":"SendSMSs"}"#, "UNKNOWN_ACTION", "/type"),
    (condition("a >", sms), "SYNTAX", "/parameters/expression"),
    (condition("foo(1)", sms), "UNKNOWN_FUNCTION", "/parameters/expression"),
    (#"{"type":"Condition","trueAction":\#(sms)}"#, "MISSING_PARAMETER", "/parameters/expression"),
    (#"{"type":"Condition","parameters":{"expression":"true"}}"#, "MISSING_FIELD", ""),
    (
      #"{"type":"Condition","parameters":{"expression":1},"trueAction":\#(sms)}"#, "WRONG_TYPE",
      "/parameters/expression"
    ),
    (
      #"{"type":"Condition","parameters":{"expression":"true","x":1},"trueAction":\#(sms)}"#,
      "UNKNOWN_PARAMETER", "/parameters/x"
    ),
    (
      #"{"type":"Condition","parameters":{"expression":"true"},"trueActoin":\#(sms),"falseAction":\#(sms)}"#,
      "UNKNOWN_FIELD", "/trueActoin"
    ),
    (
      condition("true", #"{"type":"SendSMS","parameters":{"phone":"1","message":"x"}}"#),
      "INVALID_PARAMETER", "/trueAction/parameters/phone"
    ),
    (#"{"type":"SendSMS","parameters":{"message":"x"}}"#, "MISSING_PARAMETER", "/parameters"),
    (
      #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":""}}"#,
      "INVALID_PARAMETER", "/parameters/message"
    ),
    (
      #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":"{{a"}}"#,
      "INVALID_TEMPLATE", "/parameters/message"
    ),
    (
      #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":"{{a +}}"}}"#, "SYNTAX",
      "/parameters/message"
    ),
    (
      #"{"type":"GrantBonus","parameters":{"amount":0}}"#, "INVALID_PARAMETER", "/parameters/amount"
    ),
    (
      #"{"type":"GrantBonus","parameters":{"amount":1,"currency":"euro"}}"#, "INVALID_PARAMETER",
      "/parameters/currency"
    ),
    (
      #"{"type":"SendEmail","parameters":{"from":"a@b","to":"c","subject":"x"}}"#,
      "INVALID_PARAMETER", "/parameters/to"
    ),
    (
      #"{"type":"SendEmail","parameters":{"from":"a@b","to":"c@d","subject":"x\ny"}}"#,
      "INVALID_PARAMETER", "/parameters/subject"
    ),
    (#"{"type":"GrantBonus","id":"a b","parameters":{"amount":1}}"#, "INVALID_ID", "/id"),
    (#"{"type":"GrantBonus","name":1,"parameters":{"amount":1}}"#, "WRONG_TYPE", "/name"),
    (#"{"type":"GrantBonus","metadata":1,"parameters":{"amount":1}}"#, "WRONG_TYPE", "/metadata"),
    (#"{"type":"Sequence","actions":[]}"#, "WRONG_CHILD_COUNT", "/actions"),
    (#"{"type":"Sequence","actions":{}}"#, "WRONG_TYPE", "/actions"),
    (#"{"type":"Sequence"}"#, "MISSING_FIELD", ""),
    (sequence([bonus], onFailure: "ignore"), "INVALID_PARAMETER", "/parameters/onFailure"),
    (
      sequence([
        #"{"type":"GrantBonus","id":"a","parameters":{"amount":1}}"#,
        #"{"type":"GrantBonus","id":"a","parameters":{"amount":1}}"#,
      ]), "DUPLICATE_ID", "/actions/1/id"
    ),
    (#"{"type":"Switch","cases":[{"expression":"true"}]}"#, "MISSING_FIELD", "/cases/0"),
    (
      #"{"type":"Split","shares":[{"weight":-1,"action":\#(sms)}]}"#, "INVALID_WEIGHT",
      "/shares/0/weight"
    ),
    (#"{"type":"Split","shares":[{"weight":0,"action":\#(sms)}]}"#, "INVALID_WEIGHT", "/shares"),
  ])
  func `finds each mistake at its place`(json: String, code: String, path: String) throws {
    let compilation = try compile(json)
    #expect(compilation.tree == nil)
    #expect(
      compilation.diagnostics.contains { $0.code.rawValue == code && $0.path.description == path },
      "\(compilation.diagnostics)")
  }

  @Test func `finds all mistakes at once`() throws {
    let json = #"""
      {"type":"Sequence","parameters":{"onFailure":"halt"},"actions":[
        {"type":"SendSMS","parameters":{"phone":"12","message":"{{nme +}}"}},
        {"type":"GrantBons","parameters":{}},
        {"type":"Condition","id":"x","parameters":{"expression":"daysInactive >> 5"},"trueAction":{"type":"GrantBonus","id":"x","parameters":{"amount":-1,"colour":"red"}}}]}
      """#
    let errors = try compile(json).diagnostics.filter { $0.severity == .error }
    #expect(
      Set(errors.map(\.path.description)).isSuperset(of: [
        "/parameters/onFailure", "/actions/0/parameters/phone", "/actions/0/parameters/message",
        "/actions/1/type", "/actions/2/parameters/expression", "/actions/2/trueAction/id",
        "/actions/2/trueAction/parameters/amount", "/actions/2/trueAction/parameters/colour",
      ]), "\(errors)")
  }

  @Test func `names the nearest thing that there is`() throws {
    let message = try compile(#"{"type":"SendSms","parameters":{}}"#).diagnostics.first?.message
    #expect(message?.contains("`SendSMS`") == true)
  }

  @Test func `refuses a tree that is too deep, too wide or too busy`() throws {
    var deep = sms
    for _ in 0..<64 { deep = condition("true", deep) }
    #expect(try compile(deep).diagnostics.map(\.code) == [.treeTooDeep])
    let busy = sequence((0..<11).map { _ in sequence((0..<100).map { _ in bonus }) })
    #expect(try compile(busy).diagnostics.map(\.code) == [.tooManyActions])
    let large = sequence(
      (0..<100).map { _ in
        condition("true", sequence((0..<100).map { _ in condition("false", bonus) }))
      })
    #expect(try compile(large).diagnostics.map(\.code).contains(.tooManyNodes))
  }

  @Test func `refuses patterns that take too much memory between them, once`() throws {
    func tree(_ conditions: Int, pattern: String) -> String {
      sequence(
        (0..<conditions / 100).map { _ in
          sequence((0..<100).map { _ in condition(#"t ~= \"\#(pattern)\""#, bonus) })
        })
    }
    // Each is some 18 KB: 2,001 states.
    let allowed = try compile(tree(500, pattern: "a{2000}b?"))
    #expect(allowed.tree != nil)
    #expect(try #require(allowed.tree).memoryBytes > 500 * 16_000)
    let refused = try compile(tree(1_000, pattern: "a{2000}b?"))
    #expect(refused.diagnostics.map(\.code) == [.patternTooLarge])
    #expect(try compile(tree(1_000, pattern: "^[A-Z]+[0-9]{4}$")).tree != nil)
  }

  @Test func `knows every code of the language`() {
    for code in Diagnostic.Code.allCases {
      #expect(TreeDiagnostic.Code(rawValue: code.rawValue) != nil, "\(code)")
    }
  }

  @Test func `survives random JSON`() throws {
    var generator = SeededGenerator(seed: 5)
    let pieces = [
      "{", "}", "[", "]", ",", ":", #""type""#, #""Condition""#, #""Sequence""#, #""actions""#, "1",
      "null", #""parameters""#, #""expression""#, #""a > 1""#, sms,
    ]
    for _ in 0..<3000 {
      let count = Int.random(in: 1..<12, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      guard let value = try? JSONParser.parse(Array(text.utf8).span.bytes) else { continue }
      let compilation = Engine().compile(value)
      #expect(
        (compilation.tree == nil) == compilation.diagnostics.contains { $0.severity == .error })
    }
  }
}

@Suite struct `A tree's digest` {
  @Test func `does not change with white space and the order of keys`() throws {
    let one = try #require(
      try compile(#"{"type":"GrantBonus","parameters":{"amount":5,"reason":"r"}}"#).tree)
    let other = try #require(
      try compile(#"{ "parameters": {"reason": "r", "amount": 5.0}, "type": "GrantBonus" }"#).tree)
    #expect(one.canonicalJSON == other.canonicalJSON)
    #expect(one.digest.span.indices.allSatisfy { one.digest[$0] == other.digest[$0] })
  }
}

/// An action of a library's user: one type, one registration.
private enum OpenGate: ActionType {
  static let name = "OpenGate"
  static let summary = "Opens a gate."
  static let parameters = [
    Parameter("gate", .choice(["north", "south"]), isRequired: true, summary: "Which."),
    Parameter(
      "seconds", .number(.init(atLeast: 1, atMost: 60), isWhole: true), summary: "How long."),
  ]

  static func problems(with parameters: JSONObject) -> [ParameterProblem] {
    parameters["gate"] == .string("south") && parameters["seconds"] == nil
      ? [ParameterProblem(parameter: "seconds", message: "the south gate needs `seconds`")] : []
  }
}

@Suite struct `An action of a user's own` {
  private var registry: ActionRegistry {
    var registry = ActionRegistry.standard
    registry.register(OpenGate.self)
    return registry
  }

  @Test func `is checked, rendered and run like those of the house`() throws {
    let json = #"{"type":"OpenGate","parameters":{"gate":"{{gate}}","seconds":5}}"#
    let tree = try #require(try compile(json, registry: registry).tree)
    #expect(try run(tree, #"{"gate":"north"}"#).actions.first?.failure == nil)
    #expect(
      try run(tree, #"{"gate":"west"}"#).actions.first?.failure?.reason == "INVALID_PARAMETER")
    let wrong = try compile(
      #"{"type":"OpenGate","parameters":{"gate":"south"}}"#, registry: registry)
    #expect(wrong.diagnostics.map(\.path.description) == ["/parameters/seconds"])
    #expect(try compile(json).tree == nil)
  }
}
