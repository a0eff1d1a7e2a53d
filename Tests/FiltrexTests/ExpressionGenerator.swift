import Filtrex
import TestSupport

/// Random expressions, most of which mean something.
struct ExpressionGenerator {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  static let context = Value.object([
    .init(name: "n", value: .number(7)), .init(name: "zero", value: .number(0)),
    .init(name: "half", value: .number(-0.5)), .init(name: "big", value: .number(1e21)),
    .init(name: "t", value: .text("Málaga")), .init(name: "empty.text", value: .text("")),
    .init(name: "yes", value: .logical(true)), .init(name: "no", value: .logical(false)),
    .init(name: "nothing", value: .null), .init(name: "one", value: .list([.number(7)])),
    .init(name: "none", value: .list([])),
    .init(name: "tags", value: .list([.text("a"), .text("Málaga"), .number(7)])),
    .init(name: "nested", value: .list([.list([.number(1)]), .list([.text("a")])])),
    .init(
      name: "wallet",
      value: .object([
        .init(name: "cash", value: .number(2.5)), .init(name: "tags", value: .list([.text("a")])),
        .init(name: "inner", value: .object([.init(name: "deep", value: .logical(true))])),
      ])),
  ])

  private mutating func pick(_ choices: [String]) -> String {
    choices.randomElement(using: &random) ?? ""
  }

  mutating func expression(depth: Int = 5) -> String {
    guard depth > 0, Int.random(in: 0..<8, using: &random) > 0 else { return leaf() }
    let one = expression(depth: depth - 1)
    switch Int.random(in: 0..<18, using: &random) {
    case 0, 1: return "\(one) \(pick(["+", "-", "*", "/", "mod", "^", "%"])) \(operand(depth))"
    case 2, 3: return "\(one) \(pick(["==", "!=", "<", "<=", ">", ">="])) \(operand(depth))"
    case 4:
      let signs = [pick(["==", "!=", "<"]), pick([">=", "<=", "=="])]
      return "\(one) \(signs[0]) \(operand(depth)) \(signs[1]) \(operand(depth))"
    case 5, 6: return "\(one) \(pick(["and", "or"])) \(operand(depth))"
    case 7: return "\(one) \(pick(["in", "not in"])) (\(operand(depth)), \(leaf()))"
    case 8: return "\(one) \(pick(["in", "not in"])) \(operand(depth))"
    case 9: return "not \(one)"
    case 10: return "-\(one)"
    case 11: return "(\(one))"
    case 12: return "(\(one), \(operand(depth)), \(leaf()))"
    case 13: return "if \(one) then \(operand(depth)) else \(operand(depth))"
    case 14: return "\(one) ? \(operand(depth)) : \(operand(depth))"
    case 15:
      return
        "\(pick(["cash", "tags", "length", "'0'", "'00'", "true", "deep"])) of \(operand(depth))"
    case 16:
      let name = pick([
        "abs", "ceil", "floor", "round", "sqrt", "exists", "empty", "length", "lower", "upper",
        "text", "sum", "first", "last",
      ])
      return "\(name)(\(one))"
    default:
      let name = pick(["contains", "startsWith", "endsWith", "max", "min"])
      return "\(name)(\(one), \(operand(depth)))"
    }
  }

  private mutating func operand(_ depth: Int) -> String { expression(depth: depth - 1) }

  private mutating func leaf() -> String {
    pick([
      "0", "1", "2.5", "7", "1000000", "007", "\"\"", "\"a\"", "\"Málaga\"", "\"q\\\"\\\\\"",
      "true",
      "false", "null", "n", "zero", "half", "big", "t", "'empty.text'", "empty.text", "yes", "no",
      "nothing", "one", "none", "tags", "nested", "wallet", "wallet.cash", "wallet.inner.deep",
      "missing", "wallet.missing", "'quoted name'", "now()", "tags.length", "cash of wallet",
    ])
  }
}
