import DecisionEngine
import JSON
import TestSupport

@testable import OracleSupport

/// Random trees that compile, most of whose expressions have a value in ``ExpressionGenerator/context``.
struct TreeGenerator {
  private var random: SeededGenerator
  private var expressions: ExpressionGenerator
  private var nodeNumber = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    expressions = ExpressionGenerator(seed: seed &+ 1)
  }

  mutating func tree(depth: Int = 4) -> JSONValue {
    nodeNumber = 0
    return node(depth)
  }

  // MARK: Nodes

  private mutating func node(_ depth: Int) -> JSONValue {
    let choice = depth > 0 ? Int.random(in: 0..<10, using: &random) : 9
    var members: [(String, JSONValue)] =
      switch choice {
      case 0...2: condition(depth - 1)
      case 3...4: sequence(depth - 1)
      case 5: choices(depth - 1)
      case 6: split(depth - 1)
      default: action()
      }
    nodeNumber += 1
    if chance(4) { members.append(("id", .string("n-\(nodeNumber)"))) }
    if chance(12) { members.append(("name", .string("Knoten é\u{301} \(nodeNumber)"))) }
    if chance(20) { members.append(("description", .string(""))) }
    if chance(20) { members.append(("metadata", .object([("x", .array([.null]))]))) }
    // The order of members means nothing, and nothing may depend on it.
    if chance(4) { members.shuffle(using: &random) }
    return .object(members)
  }

  private mutating func condition(_ depth: Int) -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("type", .string("Condition")),
      ("parameters", .object([("expression", expression(.logical))])),
    ]
    let sides = Int.random(in: 0..<4, using: &random)
    if sides != 0 { members.append(("trueAction", node(depth))) }
    if sides != 1 { members.append(("falseAction", node(depth))) }
    return members
  }

  private mutating func sequence(_ depth: Int) -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [("type", .string("Sequence"))]
    if chance(2) {
      let onFailure = pick(["continue", "stop", "stop"])
      members.append(("parameters", .object([("onFailure", .string(onFailure))])))
    }
    let count = Int.random(in: 1...4, using: &random)
    members.append(("actions", .array((0..<count).map { _ in node(depth) })))
    return members
  }

  private mutating func choices(_ depth: Int) -> [(String, JSONValue)] {
    let count = Int.random(in: 1...3, using: &random)
    var members: [(String, JSONValue)] = [
      ("type", .string("Switch")),
      (
        "cases",
        .array(
          (0..<count).map { _ in
            .object([("expression", expression(.logical)), ("action", node(depth))])
          })
      ),
    ]
    if chance(2) { members.append(("defaultAction", node(depth))) }
    if chance(8) { members.append(("parameters", .object(JSONObject()))) }
    return members
  }

  private mutating func split(_ depth: Int) -> [(String, JSONValue)] {
    var parameters: [(String, JSONValue)] = []
    if chance(2) { parameters.append(("key", expression(chance(2) ? .text : .number))) }
    if chance(2) { parameters.append(("salt", .string(pick(["", "s1", "é😀"])))) }
    let count = Int.random(in: 1...3, using: &random)
    let heavy = Int.random(in: 0..<count, using: &random)
    let shares: [JSONValue] = (0..<count).map { index in
      let weights = index == heavy ? [1, 0.5, 70] : [0, 1, 2.5, 1e12]
      return .object([
        ("weight", .number(weights.randomElement(using: &random) ?? 1)), ("action", node(depth)),
      ])
    }
    return [
      ("type", .string("Split")), ("parameters", .object(parameters)), ("shares", .array(shares)),
    ]
  }

  // MARK: Actions

  private mutating func action() -> [(String, JSONValue)] {
    var name = "SendSMS"
    var parameters: [(String, JSONValue)] = []
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      parameters = [
        ("phone", text(["+35621234567", "+12"])),
        ("message", text(["Hi", "é\u{301}😀", "a { b }} c", "{"])),
      ]
    case 1:
      name = "SendEmail"
      parameters = [
        ("from", text(["promo@game.com", "a@b"])), ("to", text(["maria@example.com"])),
        ("subject", text(["New offers await!", "}}"])),
      ]
      if chance(2) { parameters.append(("body", text(["", "Line\nand line"]))) }
    case 2:
      name = "GrantBonus"
      parameters = [("amount", number([5, 0.01, 1e21]))]
      if chance(2) { parameters.append(("currency", text(["EUR", "SEK"]))) }
      if chance(3) { parameters.append(("bonusType", text(["free spins"]))) }
      if chance(3) { parameters.append(("reason", text(["It's her birthday"]))) }
      if chance(3) { parameters.append(("expiresInDays", number([1, 3650, 7]))) }
    default:
      name = EveryKind.name
      parameters = everyKind()
    }
    if parameters.isEmpty && chance(2) { return [("type", .string(name))] }
    return [("type", .string(name)), ("parameters", .object(parameters))]
  }

  private mutating func everyKind() -> [(String, JSONValue)] {
    var parameters: [(String, JSONValue)] = []
    if chance(3) { parameters.append(("text", text(["", "é\u{301}e", "😀😀😀"]))) }
    if chance(3) { parameters.append(("number", number([-1e300, 0, 0.1]))) }
    if chance(3) { parameters.append(("bounded", number([-0.5, 0, 1.5]))) }
    if chance(3) { parameters.append(("whole", number([-3, 0, 1e300]))) }
    if chance(3) { parameters.append(("logical", chance(2) ? .bool(true) : one(.logical))) }
    if chance(3) { parameters.append(("choice", text(["re\u{301}d", "blue", ""]))) }
    if chance(3) { parameters.append(("codes", list(0...3) { $0.text(["EUR", "GBP"]) })) }
    if chance(3) {
      parameters.append(("grid", list(1...2) { $0.list(1...2) { $0.number([9, -9]) } }))
    }
    if chance(6) { parameters.append(("flags", list(1...100) { _ in .bool(false) })) }
    if chance(3) { parameters.append(("K", list(1...2) { $0.text(["a", "b"]) })) }
    return parameters
  }

  // MARK: Values

  private mutating func text(_ plain: [String]) -> JSONValue {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return one(.text)
    case 1, 2:
      let kind: ExpressionGenerator.Kind = chance(2) ? .text : .number
      let first = pick(["", "Hi ", "{ ", "}", "é "]) + "{{\(source(kind))}}"
      return .string(first + pick(["", "!", "}", " { ", "{{n}}", " and {{\(source(kind))}}"]))
    default: return .string(pick(plain))
    }
  }

  private mutating func number(_ plain: [Double]) -> JSONValue {
    chance(3) ? one(.number) : .number(plain.randomElement(using: &random) ?? 1)
  }

  private mutating func list(
    _ count: ClosedRange<Int>, _ element: (inout Self) -> JSONValue
  ) -> JSONValue {
    if chance(4) { return one(.list) }
    let count = Int.random(in: count, using: &random)
    return .array((0..<count).map { _ in element(&self) })
  }

  /// A text that is one expression.
  private mutating func one(_ kind: ExpressionGenerator.Kind) -> JSONValue {
    .string("{{\(pick(["", " "]))\(source(kind))}}")
  }

  private mutating func expression(_ kind: ExpressionGenerator.Kind) -> JSONValue {
    .string(source(kind))
  }

  private mutating func source(_ kind: ExpressionGenerator.Kind) -> String {
    expressions.expression(kind, depth: Int.random(in: 0...3, using: &random))
  }

  private mutating func pick(_ choices: [String]) -> String {
    choices.randomElement(using: &random) ?? ""
  }

  /// One time in so many.
  private mutating func chance(_ times: Int) -> Bool {
    Int.random(in: 0..<times, using: &random) == 0
  }
}
