import Filtrex
import Foundation
import JSON
import TestSupport
import Testing

@testable import DecisionEngine
@testable import OracleSupport

@Suite struct `A small tree` {
  private static let registry = EveryKind.registry

  /// All that executions, traces and caches can see of a tree.
  private func parts(_ tree: Tree) -> [String] {
    tree.nodes.map { "\($0.place) \($0.type) \($0.path) \($0.id ?? "-") \($0.kind)" }
      + tree.expressions.map { "\($0.path) \($0.program)" }
      + tree.actions.map { "\($0.definition.name) \($0.parameters) \($0.expressions)" }
      + tree.actions.map { "\($0.constant?.object.map { "\($0)" } ?? [])" }
      + [
        "\(tree.properties)", "\(tree.fuelBound)", "\(tree.memoryBytes)", "\(tree.isUnresolved)",
        "\(tree.subTrees)", String(decoding: tree.canonicalJSON, as: UTF8.self),
        "\(tree.digest.span.indices.map { tree.digest[$0] })",
      ]
  }

  /// Compiles a text at once and in steps.
  ///
  /// - Returns: Whether it was compiled at once.
  @discardableResult
  private func compare(_ json: [UInt8]) throws -> Bool {
    let plain = PlainTree.compile(json, registry: Self.registry, heir: nil)
    let here = Comment(rawValue: String(decoding: json, as: UTF8.self))
    let value: JSONValue
    do {
      value = try JSONParser.parse(json.span.bytes, limits: TreeLimits.json)
    } catch {
      #expect(plain == nil, here)
      return false
    }
    let stepped = Engine(registry: Self.registry).compile(value)
    let expected = stepped.tree.map(parts)
    if let plain {
      #expect(parts(plain) == expected, here)
      #expect(stepped.diagnostics == [], here)
    }
    var preparation = TreePreparation(json: json, registry: Self.registry)
    while try preparation.step() {}
    #expect(preparation.compilation?.diagnostics == stepped.diagnostics, here)
    #expect(preparation.compilation?.tree.map(parts) == expected, here)
    return plain != nil
  }

  private func text(_ value: JSONValue, _ style: Int) -> [UInt8] {
    var output: [UInt8] = []
    switch style {
    case 0: JSONWriter.append(value, to: &output)
    case 1: JSONWriter.appendPretty(value, to: &output)
    default: JSONWriter.appendCanonical(value, to: &output)
    }
    return output
  }

  @Test(.timeLimit(.minutes(10)))
  func `is the same compiled at once as in steps`() throws {
    var generator = TreeGenerator(seed: fuzzSeed)
    var random = SeededGenerator(seed: fuzzSeed)
    let count = fuzzIterations(1_000)
    var plain = 0
    for number in 0..<count {
      let tree = generator.tree(depth: Int.random(in: 0...3, using: &random))
      if try compare(text(tree, number % 3)) { plain += 1 }
    }
    #expect(plain > count / 2)
  }

  @Test(.timeLimit(.minutes(10)))
  func `that is spoilt has the diagnostics that it has in steps`() throws {
    var generator = TreeGenerator(seed: fuzzSeed &+ 7)
    var mutator = TreeMutator(seed: fuzzSeed)
    var random = SeededGenerator(seed: fuzzSeed)
    let count = fuzzIterations(2_000)
    var plain = 0
    for number in 0..<count {
      let tree = mutator.mutated(
        generator.tree(depth: Int.random(in: 0...2, using: &random)),
        times: Int.random(in: 1...3, using: &random))
      if try compare(text(tree, number % 3)) { plain += 1 }
    }
    // Where all were refused, or none, agreement says little.
    #expect(plain > count / 50 && plain < count / 2)
  }

  @Test func `of the format's origin is compiled at once`() throws {
    let json = """
      {
        "type": "Condition",
        "parameters": { "expression": "daysInactive > 5" },
        "trueAction":  { "type": "SendSMS",   "parameters": { "phone": "+1234567890", "message": "We miss you!" } },
        "falseAction": { "type": "SendEmail", "parameters": { "from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!" } }
      }
      """
    #expect(try compare(Array(json.utf8)))
  }

  private static let sms =
    #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"m"}}"#

  @Test(arguments: [
    // Of each kind of node, with all that it may carry.
    #"{"id":"a","name":"n","description":"d","metadata":{"a":[1]},"type":"GrantBonus","parameters":{"amount":1}}"#,
    #"{"type":"Sequence","actions":[\#(sms),\#(sms)],"parameters":{"onFailure":"stop"}}"#,
    #"{"type":"Sequence","actions":[\#(sms)],"parameters":{}}"#,
    #"{"type":"Switch","cases":[{"expression":"a","action":\#(sms)}],"defaultAction":\#(sms),"parameters":{}}"#,
    #"{"type":"Split","parameters":{"key":"a","salt":"s"},"shares":[{"weight":1,"action":\#(sms)},{"weight":0.5,"action":\#(sms)}]}"#,
    #"{"type":"Split","shares":[{"weight":1,"action":\#(sms)}]}"#,
    #"{"type":"SendSMS","parameters":{"phone":"{{p}}","message":"a {{b}} c {{d + 1}}"}}"#,
    #"{"type":"GrantBonus","parameters":{"amount":"{{ a of b }}","reason":"caf\u00e9 \/ \"x\""}}"#,
    #"{"type":"Test.Every-Kind_1","parameters":{"codes":["EUR","{{c}}"],"grid":[[1],["{{n}}",2]],"K":["a"]}}"#,
    #"{"type":"Test.Every-Kind_1"}"#,
    #"{"type":"Condition","parameters":{"expression":"'a.b' > 1 and c.d in (1, 2)"},"falseAction":\#(sms)}"#,
  ])
  func `is compiled at once whatever nodes it has`(json: String) throws {
    #expect(try compare(Array(json.utf8)))
  }

  @Test(arguments: [
    "null", "[]", "{}", #"{"type":1}"#, #"{"type":"Condition"}"#, #"{"type":"Nothing"}"#,
    #"{"type":"condition"}"#, #"{"type":"SubTree","parameters":{"treeId":"t"}}"#,
    #"{"type":"Condition","parameters":{"expression":"a"}}"#,
    #"{"type":"Condition","parameters":{"expression":"a ~= \"b\""},"trueAction":\#(sms)}"#,
    #"{"type":"Condition","parameters":{"expression":"010 > a"},"trueAction":\#(sms)}"#,
    #"{"type":"Condition","parameters":{"expression":"a % 2 == 1"},"trueAction":\#(sms)}"#,
    #"{"type":"Condition","parameters":{"expression":1},"trueAction":\#(sms)}"#,
    #"{"type":"Condition","parameters":{"expression":"a","x":1},"trueAction":\#(sms)}"#,
    #"{"type":"Condition","parameters":{"expression":"a"},"trueAction":\#(sms),"x":1}"#,
    #"{"type":"Condition","parameters":{"expression":"a"},"trueAction":null}"#,
    #"{"type":"Condition","parameters":{"expression":"a"},"actions":[\#(sms)],"trueAction":\#(sms)}"#,
    #"{"type":"Sequence","actions":[]}"#, #"{"type":"Sequence","actions":{}}"#,
    #"{"type":"Sequence","actions":[\#(sms)],"parameters":{"onFailure":"Stop"}}"#,
    #"{"type":"Sequence","actions":[\#(sms)],"parameters":[]}"#,
    #"{"type":"Switch","cases":[{"expression":"a"}]}"#, #"{"type":"Switch","cases":[1]}"#,
    #"{"type":"Switch","cases":[{"action":\#(sms)}]}"#,
    #"{"type":"Switch","cases":[{"expression":"a","action":\#(sms),"x":1}]}"#,
    #"{"type":"Split","shares":[{"weight":0,"action":\#(sms)}]}"#,
    #"{"type":"Split","shares":[{"weight":-1,"action":\#(sms)}]}"#,
    #"{"type":"Split","shares":[{"weight":"1","action":\#(sms)}]}"#,
    #"{"type":"Split","parameters":{"salt":1},"shares":[{"weight":1,"action":\#(sms)}]}"#,
    #"{"type":"GrantBonus"}"#, #"{"type":"GrantBonus","parameters":{"amount":0}}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1,"Amount":1}}"#,
    #"{"type":"GrantBonus","parameters":{"amount":"{{a"}}"#,
    #"{"type":"GrantBonus","parameters":{"amount":"{{a +}}"}}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"actions":[\#(sms)]}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"expression":"a"}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"name":1}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"description":[]}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"metadata":"m"}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"id":"a b"}"#,
    #"{"type":"GrantBonus","parameters":{"amount":1},"id":1}"#,
    #"{"type":"Sequence","actions":[{"type":"GrantBonus","parameters":{"amount":1},"id":"a"},{"type":"GrantBonus","parameters":{"amount":1},"id":"a"}]}"#,
  ])
  func `of which there is something to say is compiled in steps`(json: String) throws {
    #expect(try !compare(Array(json.utf8)))
  }

  @Test(arguments: ["trees", "json", "templates"])
  func `of the committed corpora is the same compiled at once as in steps`(corpus: String) throws {
    let folder = Project.file("contrib/fuzz/corpus/\(corpus)")
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    {
      let bytes = [UInt8](try Data(contentsOf: file))
      try compare(bytes)
      // What stands behind that byte is a player.
      try compare(Array(bytes.prefix { $0 != 0xFF }))
    }
  }

  @Test func `of more expressions than are compiled at once is compiled in steps`() throws {
    func json(_ count: Int) -> [UInt8] {
      let text = String(repeating: "{{a}}", count: count)
      return Array(
        #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"\#(text)"}}"#.utf8)
    }
    #expect(try compare(json(TreeLimits.plainExpressions)))
    #expect(try !compare(json(TreeLimits.plainExpressions + 1)))
  }

  @Test func `takes one step, and a larger one more`() throws {
    func steps(_ json: [UInt8]) throws -> Int {
      var preparation = TreePreparation(json: json)
      var steps = 1
      while try preparation.step() { steps += 1 }
      return steps
    }
    let json = Array(Self.sms.utf8)
    #expect(try steps(json) == 1)
    let room = TreeLimits.plainBytes - json.count
    #expect(try steps(json + [UInt8](repeating: 0x20, count: room)) == 1)
    #expect(try steps(json + [UInt8](repeating: 0x20, count: room + 1)) > 5)
  }
}
