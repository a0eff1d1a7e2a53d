import DecisionEngine
import Filtrex
import Foundation
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
      #"{"type":"GrantBonus","parameters":{"amount":"about {{a}}"}}"#, "INVALID_PARAMETER",
      "/parameters/amount"
    ),
    (
      #"{"type":"GrantBonus","parameters":{"amount":["{{a}}"]}}"#, "INVALID_PARAMETER",
      "/parameters/amount"
    ),
    (
      #"{"type":"SendSMS","parameters":{"phone":{"x":"{{a}}"},"message":"Hi"}}"#,
      "INVALID_PARAMETER", "/parameters/phone"
    ),
    (
      #"{"type":"SendSMS","parameters":{"phone":"{{a}}","message":"{{a}}\u0000"}}"#,
      "INVALID_PARAMETER", "/parameters/message"
    ),
    (
      #"{"type":"SendSMS","parameters":{"phone":"{{a}}","message":"\u0000"}}"#,
      "INVALID_PARAMETER", "/parameters/message"
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
    (#"{"type":"Split","shares":[{"action":\#(sms)}]}"#, "MISSING_FIELD", "/shares/0"),
    (#"{"type":"Split","shares":[5]}"#, "WRONG_TYPE", "/shares/0"),
    (
      #"{"type":"Split","shares":[{"weight":1e13,"action":\#(sms)}]}"#, "INVALID_WEIGHT",
      "/shares/0/weight"
    ),
    (
      #"{"type":"Split","parameters":{"salt":1},"shares":[{"weight":1,"action":\#(sms)}]}"#,
      "WRONG_TYPE", "/parameters/salt"
    ),
    (
      #"{"type":"Switch","cases":[{"expression":"a >","action":\#(sms)}]}"#, "SYNTAX",
      "/cases/0/expression"
    ),
    (
      #"{"type":"Switch","cases":[{"expression":"a","action":\#(sms),"id":"x"}]}"#,
      "UNKNOWN_FIELD", "/cases/0/id"
    ),
    (#"{"type":"SubTree"}"#, "MISSING_PARAMETER", "/parameters/treeId"),
    (
      #"{"type":"SubTree","parameters":{"treeId":"-x"}}"#, "INVALID_PARAMETER", "/parameters/treeId"
    ),
    (#"{"type":"SubTree","parameters":{"treeId":5}}"#, "INVALID_PARAMETER", "/parameters/treeId"),
    (
      #"{"type":"SubTree","parameters":{"treeId":"x","version":2}}"#, "UNKNOWN_PARAMETER",
      "/parameters/version"
    ),
    (
      #"{"type":"SubTree","parameters":{"treeId":"x"},"subTree":\#(sms)}"#, "UNKNOWN_FIELD",
      "/subTree"
    ),
    (#"{"parameters":1,"actions":[{"type":"Splat"}]}"#, "UNKNOWN_ACTION", "/actions/0/type"),
  ])
  func `finds each mistake at its place`(json: String, code: String, path: String) throws {
    let compilation = try compile(json)
    #expect(compilation.tree == nil)
    #expect(
      compilation.diagnostics.contains { $0.code.rawValue == code && $0.path.description == path },
      "\(compilation.diagnostics)")
  }

  @Test func `tells of some of the many unknown names of one object, and that there are more`()
    throws
  {
    let names = (0..<70_000).map { #""k\#($0)":1"# }.joined(separator: ",")
    let compilation = try compile(
      #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"x",\#(names)}}"#)
    let told = compilation.diagnostics.filter { $0.code == .unknownParameter }
    #expect(told.count == 33)
    #expect(told.filter { $0.path.description == "/parameters" }.count == 1)
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

  @Test func `says things in the order in which they stand in the tree`() throws {
    let json = #"""
      {"parameters":{"expression":"a + + b - - )"},"trueAction":{"type":"SendSMS"},"falseAction":5,"x":1,
       "type":"Condition","name":2}
      """#
    let diagnostics = try compile(json).diagnostics
    #expect(
      diagnostics.map(\.path.description).uniqued() == [
        "/parameters/expression", "/trueAction/parameters", "/falseAction", "/x", "/name",
      ])
    let ranges = diagnostics.filter { $0.code == .syntax }.map(\.range.lowerBound)
    #expect(ranges.count > 1 && ranges == ranges.sorted())
  }

  @Test(arguments: [
    (#"{"type":"Sequnce","actions":[{"type":"SendSMS","parameters":{"phone":"x"}}]}"#, 3),
    (#"{"type":"Nothing","cases":[{"expression":"a >","action":{"type":"Split"}}]}"#, 2),
    (#"{"trueAction":{"type":"GrantBonus","parameters":{}},"id":"?"}"#, 3),
  ])
  func `looks into a node whose type is not known`(json: String, mistakes: Int) throws {
    let diagnostics = try compile(json).diagnostics
    #expect(diagnostics.count == mistakes, "\(diagnostics)")
  }

  @Test func `takes no other spelling of a name for the name`() throws {
    // A Kelvin sign, which Unicode calls the same as a K and no byte comparison does.
    let json = #"{"type":"\#(EveryKind.name)","parameters":{"\u212A":["a"]}}"#
    #expect(
      try compile(json, registry: EveryKind.registry).diagnostics.map(\.code) == [.unknownParameter]
    )
    let choice = #"{"type":"\#(EveryKind.name)","parameters":{"choice":"r\u00E9d"}}"#
    #expect(
      try compile(choice, registry: EveryKind.registry).diagnostics.map(\.code)
        == [.invalidParameter])
  }

  @Test(arguments: [
    (#"{"type":"SendSMS","parameters":{"phone":"{{p}}","mesage":"Hi"}}"#, "`message`"),
    (condition("true", sms).replacing("trueAction", with: "trueActoin"), "`trueAction`"),
    (#"{"type":"Sequence","action":[\#(sms)]}"#, "`actions`"),
    (condition("true", sms).replacing("expression", with: "expresion"), "`expression`"),
  ])
  func `says of a name that is nearly right only what it was meant to be`(
    json: String, meant: String
  ) throws {
    let diagnostics = try compile(json).diagnostics
    #expect(diagnostics.count == 1 && diagnostics[0].message.contains("did you mean \(meant)?"))
  }

  @Test(arguments: [
    ("welcome back", "; write `welcome-back`"), ("é1", "; write `-1`"), ("", "0-9, _ or -"),
    ("  ", "0-9, _ or -"),
    (String(repeating: "a", count: 65), "; write `\(String(repeating: "a", count: 64))`"),
  ])
  func `suggests an ID like the one that can not be`(id: String, words: String) throws {
    let json = #"{"type":"GrantBonus","id":"\#(id)","parameters":{"amount":1}}"#
    let message = try #require(try compile(json).diagnostics.first?.message)
    #expect(message.hasSuffix(words), "\(message)")
  }

  @Test func `finds each of eight different mistakes in one tree, and nothing else`() throws {
    let json = try String(
      contentsOf: Project.file("contrib/examples/eight-mistakes.json"), encoding: .utf8)
    let diagnostics = try compile(json).diagnostics
    #expect(
      diagnostics.map { "\($0.code.rawValue) \($0.path)" } == [
        "INVALID_PARAMETER /parameters/onFailure", "INVALID_ID /actions/0/id",
        "SYNTAX /actions/0/parameters/expression", "UNKNOWN_ACTION /actions/0/trueAction/type",
        "UNKNOWN_PARAMETER /actions/0/trueAction/parameters/mesage",
        "INVALID_PARAMETER /actions/1/parameters/amount",
        "INVALID_TEMPLATE /actions/2/parameters/to", "INVALID_WEIGHT /actions/3/shares/0/weight",
      ])
  }

  @Test func `names the nearest thing that there is`() throws {
    let message = try compile(#"{"type":"SendSms","parameters":{}}"#).diagnostics.first?.message
    #expect(message?.contains("`SendSMS`") == true)
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

extension Array where Element: Equatable {
  /// The elements without those that are like the one before.
  fileprivate func uniqued() -> [Element] {
    enumerated().filter { $0.offset == 0 || self[$0.offset - 1] != $0.element }.map(\.element)
  }
}
