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

  /// What an expression should come to.
  enum Kind: CaseIterable { case number, text, logical, list, anything }

  mutating func expression(_ kind: Kind = .anything, depth: Int = 5) -> String {
    make(kind, depth)
  }

  /// One time in sixteen something else stands where a type is wanted.
  private mutating func make(_ wanted: Kind, _ depth: Int) -> String {
    var kind = wanted
    if kind == .anything || Int.random(in: 0..<16, using: &random) == 0 {
      kind = Kind.allCases.randomElement(using: &random) ?? .number
    }
    guard depth > 0, Int.random(in: 0..<6, using: &random) > 0 else { return leaf(kind) }
    let inner = depth - 1
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return "(\(make(kind, inner)))"
    case 1:
      return "if \(make(.logical, inner)) then \(make(kind, inner)) else \(make(kind, inner))"
    case 2: return "(\(make(.logical, inner)) ? \(make(kind, inner)) : \(make(kind, inner)))"
    default: break
    }
    switch kind {
    case .number: return number(inner)
    case .text: return text(inner)
    case .logical: return logical(inner)
    case .list: return "(\(make(.anything, inner)), \(make(.anything, inner)))"
    case .anything: return leaf(kind)
    }
  }

  private mutating func number(_ depth: Int) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0...2:
      let sign = pick(["+", "-", "*", "/", "mod", "^", "%"])
      return "\(make(.number, depth)) \(sign) \(make(.number, depth))"
    case 3: return "-\(make(.number, depth))"
    case 4:
      return "\(pick(["abs", "ceil", "floor", "round", "sqrt"]))(\(make(.number, depth)))"
    case 5:
      let name = pick(["max", "min"])
      return "\(name)(\(make(.number, depth)), \(make(.number, depth)), \(leaf(.number)))"
    case 6: return "length(\(make(pick(["", "a"]).isEmpty ? .text : .list, depth)))"
    default: return pick(["length of ", "'0' of ", "'1' of ", "'00' of "]) + make(.list, 0)
    }
  }

  private mutating func text(_ depth: Int) -> String {
    switch Int.random(in: 0..<4, using: &random) {
    case 0, 1:
      return "\(make(.text, depth)) + \(make(pick(["", "a"]).isEmpty ? .text : .number, depth))"
    case 2: return "\(pick(["lower", "upper"]))(\(make(.text, depth)))"
    default: return "text(\(make(.number, depth)))"
    }
  }

  private mutating func logical(_ depth: Int) -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1:
      return "\(make(.logical, depth)) \(pick(["and", "or"])) \(make(.logical, depth))"
    case 2: return "not \(make(.logical, depth))"
    case 3:
      let sign = pick(["<", "<=", ">", ">=", "==", "!="])
      return "\(make(.number, depth)) \(sign) \(make(.number, depth))"
    case 4:
      let signs = [pick(["<", ">=", "!="]), pick(["<=", ">", "=="])]
      return
        "\(make(.number, depth)) \(signs[0]) \(make(.number, depth)) \(signs[1]) \(make(.number, depth))"
    case 5:
      return "\(make(.anything, depth)) \(pick(["==", "!="])) \(make(.anything, depth))"
    case 6, 7:
      return "\(make(.anything, depth)) \(pick(["in", "not in"])) \(make(.list, depth))"
    case 8: return "\(pick(["exists", "empty"]))(\(make(.anything, depth)))"
    default:
      let name = pick(["contains", "startsWith", "endsWith"])
      return "\(name)(\(make(.text, depth)), \(make(.text, depth)))"
    }
  }

  private mutating func leaf(_ kind: Kind) -> String {
    switch kind {
    case .number:
      pick([
        "0", "1", "2.5", "7", "1000000", "007", "n", "zero", "half", "big", "one", "now()",
        "wallet.cash", "cash of wallet", "tags.length", "length of tags", "first(one)",
      ])
    case .text:
      pick(["\"\"", "\"a\"", "\"Málaga\"", "\"q\\\"\\\\\"", "t", "'empty.text'", "empty.text"])
    case .logical: pick(["true", "false", "yes", "no", "wallet.inner.deep", "true of wallet"])
    case .list:
      pick(["one", "none", "tags", "nested", "wallet.tags", "(1, \"a\", true)", "(7, n)"])
    case .anything:
      pick([
        "null", "nothing", "wallet", "missing", "wallet.missing", "'quoted name'", "last(none)",
      ])
    }
  }
}
