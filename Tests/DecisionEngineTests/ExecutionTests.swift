import DecisionEngine
import Filtrex
import JSON
import Testing

@Suite struct `An execution` {
  private static let maria = """
    {
      "type": "Condition",
      "parameters": { "expression": "daysInactive > 5" },
      "trueAction":  { "type": "SendSMS",   "parameters": { "phone": "+1234567890", "message": "We miss you!" } },
      "falseAction": { "type": "SendEmail", "parameters": { "from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!" } }
    }
    """

  @Test(arguments: [(6, "SendSMS", "/trueAction"), (5, "SendEmail", "/falseAction")])
  func `of the format's first tree takes the side of the context`(
    days: Int, type: String, path: String
  ) throws {
    let tree = try #require(try compile(Self.maria).tree)
    let result = try run(tree, #"{"daysInactive":\#(days)}"#)
    #expect(result.progress == .finished)
    #expect(result.types == [type])
    #expect(result.actions.first?.path == path)
  }

  @Test func `of a missing side does nothing`() throws {
    let tree = try #require(try compile(condition("false", sms)).tree)
    #expect(try run(tree).actions.isEmpty)
  }

  @Test func `of a sequence runs all in order`() throws {
    let tree = try #require(try compile(sequence([sms, bonus, sms])).tree)
    let result = try run(tree)
    #expect(result.types == ["SendSMS", "GrantBonus", "SendSMS"])
    #expect(result.actions.map(\.path) == ["/actions/0", "/actions/1", "/actions/2"])
  }

  @Test func `of a switch takes the first case that is true`() throws {
    let json = #"""
      {"type":"Switch","cases":[
        {"expression":"tier == \"Gold\"","action":\#(sms)},
        {"expression":"true","action":\#(bonus)}]}
      """#
    let tree = try #require(try compile(json).tree)
    #expect(try run(tree, #"{"tier":"Gold"}"#).types == ["SendSMS"])
    #expect(try run(tree, #"{"tier":"Tin"}"#).types == ["GrantBonus"])
  }

  @Test func `of a split is the same for a player always, and follows the weights`() throws {
    let json = #"""
      {"type":"Split","parameters":{"salt":"s1"},"shares":[
        {"weight":3,"action":\#(sms)},{"weight":1,"action":\#(bonus)}]}
      """#
    let tree = try #require(try compile(json).tree)
    var messages = 0
    for player in 0..<2000 {
      let first = try run(tree, player: "p-\(player)").types
      #expect(try run(tree, player: "p-\(player)").types == first)
      messages += first == ["SendSMS"] ? 1 : 0
    }
    #expect((1400...1600).contains(messages))
  }

  @Test func `of a split is the one that bucket(key + salt) says`() throws {
    let split = #"""
      {"type":"Split","parameters":{"key":"k","salt":"s1"},"shares":[
        {"weight":0.3,"action":\#(sms)},{"weight":0.7,"action":\#(bonus)}]}
      """#
    let splitTree = try #require(try compile(split).tree)
    let other = try #require(
      try compile(condition(#"bucket(k + \"s1\") < 0.3"#, sms, bonus)).tree)
    for number in 0..<500 {
      let context = number.isMultiple(of: 2) ? #"{"k":\#(number)}"# : #"{"k":"é-\#(number)"}"#
      #expect(try run(splitTree, context).types == run(other, context).types)
    }
  }

  @Test func `that can not evaluate its only node fails with the property and the expression`()
    throws
  {
    let tree = try #require(try compile(condition("tier == x", sms)).tree)
    guard case .failed(let failure) = try run(tree, #"{"tier":1}"#).progress else {
      Issue.record("it did not fail")
      return
    }
    #expect(failure.reason == "UNKNOWN_PROPERTY")
    #expect(failure.property == "x")
    #expect(failure.expression == "tier == x")
    #expect(failure.path == "")
  }

  @Test func `whose condition is no logical fails with what was expected and received`() throws {
    let tree = try #require(try compile(condition("1 + 1", sms)).tree)
    guard case .failed(let failure) = try run(tree).progress else {
      Issue.record("it did not fail")
      return
    }
    #expect(failure.reason == "UNEXPECTED_TYPE")
    #expect(failure.expected == "logical")
    #expect(failure.received == "number")
  }

  @Test(
    arguments: [
      (nil, ["SendSMS", "Condition", "GrantBonus"]),
      ("continue", ["SendSMS", "Condition", "GrantBonus"]),
      ("stop", ["SendSMS", "Condition"]),
    ] as [(String?, [String])])
  func `keeps what was accepted when a node among others fails`(
    onFailure: String?, types: [String]
  ) throws {
    let json = sequence([sms, condition("missing > 1", sms), bonus], onFailure: onFailure)
    let tree = try #require(try compile(json).tree)
    let result = try run(tree)
    #expect(result.progress == .finished)
    #expect(result.types == types)
    #expect(
      result.actions.map { $0.failure?.reason }
        == Array([nil, "UNKNOWN_PROPERTY", nil].prefix(types.count)))
  }

  @Test func `fails when nothing else was accepted`() throws {
    let json = sequence([condition("missing > 1", sms), condition("false", sms)])
    let tree = try #require(try compile(json).tree)
    guard case .failed(let failure) = try run(tree).progress else {
      Issue.record("it did not fail")
      return
    }
    #expect(failure.path == "/actions/0")
  }

  @Test func `marks the action, never the request, when rendered parameters do not fit`() throws {
    let json = #"{"type":"GrantBonus","parameters":{"amount":"{{balance * 0.1}}"}}"#
    let tree = try #require(try compile(json).tree)
    let result = try run(tree, #"{"balance":-5}"#)
    #expect(result.progress == .finished)
    #expect(result.actions.first?.failure?.reason == "INVALID_PARAMETER")
    #expect(try run(tree, #"{"balance":50}"#).actions.first?.parameters?["amount"] == .number(5))
  }

  @Test func `renders templates, keeps the type of those that stand alone`() throws {
    let json = #"""
      {"type":"SendSMS","parameters":{"phone":"{{phone}}",
       "message":"Hi {{name}}, {{text(n)}} free {{\"}}\"}} spins{{1+1}}"}}
      """#
    let tree = try #require(try compile(json).tree)
    let result = try run(tree, #"{"phone":"+35621234567","name":"Maria","n":3}"#)
    #expect(result.actions.first?.failure == nil)
    #expect(result.actions.first?.parameters?["message"] == .string("Hi Maria, 3 free }} spins2"))
  }

  @Test(arguments: [
    "{{balance}}", "{{", "}}", #"" or true or ""#, "Gold\" and balance > 0",
    "'; DROP TABLE players; --",
    "{\"$number\":\"NaN\"}", "${balance}", "a\nb\u{0}c", "\\",
  ])
  func `takes a context's texts for texts, whatever they look like`(name: String) throws {
    func mail(_ subject: String) -> String {
      #"{"type":"SendEmail","parameters":{"from":"a@b.c","to":"a@b.c","subject":"\#(subject)"}}"#
    }
    let json = #"""
      {"type":"Condition","parameters":{"expression":"name == \"Gold\""},
       "trueAction":\#(mail("taken in")),"falseAction":\#(mail("Hi {{name}}!"))}
      """#
    let tree = try #require(try compile(json).tree)
    var context: [UInt8] = []
    JSONWriter.append(.object(["name": .string(name), "balance": .number(7)]), to: &context)
    let result = try run(tree, String(decoding: context, as: UTF8.self))
    #expect(result.actions.first?.path == "/falseAction")
    #expect(result.actions.first?.parameters?["subject"] == .string("Hi \(name)!"))
  }

  @Test func `gives the same result and the same fuel in slices of one unit`() throws {
    let json = sequence([
      Self.maria, condition("missing > 1", sms),
      #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":"{{tier}} of {{daysInactive}}"}}"#,
    ])
    let tree = try #require(try compile(json).tree)
    let context = #"{"daysInactive":9,"tier":"Gold"}"#
    let whole = try run(tree, context, trace: true)
    let sliced = try run(tree, context, trace: true, slice: 1)
    #expect(whole.actions == sliced.actions)
    #expect(whole.trace == sliced.trace)
    #expect(whole.fuelUsed == sliced.fuelUsed)
    #expect(whole.fuelUsed <= tree.fuelBound)
  }

  @Test func `tells each decision on the way when it is asked to`() throws {
    let tree = try #require(try compile(Self.maria).tree)
    let trace = try run(tree, #"{"daysInactive":9}"#, trace: true).trace
    #expect(trace.map(\.expression) == ["daysInactive > 5"])
    #expect(trace.map(\.result) == ["true"])
    #expect(try run(tree, #"{"daysInactive":9}"#).trace.isEmpty)
  }
}
