/// Random conditions about a few properties and a few constants, so that many of them contradict or repeat each other.
public struct ConditionGenerator {
  private var random: SeededGenerator
  private let numbers: [String]
  private let texts: [String]
  private let logicals: [String]
  private let lists: [String]

  /// Conditions about the properties of the given names, by what they mostly are.
  public init(
    seed: UInt64, numbers: [String], texts: [String], logicals: [String], lists: [String]
  ) {
    random = SeededGenerator(seed: seed)
    self.numbers = numbers
    self.texts = texts
    self.logicals = logicals
    self.lists = lists
  }

  /// Numbers that conditions compare with, as they are written; bounds of a schema had better be among them.
  public static let numerals = ["0", "1", "2.5", "3", "5", "7", "-1", "100"]
  /// Texts that conditions compare with.
  public static let texts = ["Gold", "Silver", "Bronze", "a", "", "Málaga"]

  private mutating func pick(_ choices: [String]) -> String {
    choices.randomElement(using: &random) ?? "0"
  }

  private mutating func dice(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }

  private mutating func numeral() -> String { pick(Self.numerals) }
  private mutating func text() -> String { "\"\(pick(Self.texts))\"" }

  /// A condition, nested as deep as `depth`.
  public mutating func condition(depth: Int = 3) -> String {
    guard depth > 0, dice(4) > 0 else { return leaf() }
    let inner = depth - 1
    switch dice(9) {
    case 0...2: return "\(condition(depth: inner)) and \(condition(depth: inner))"
    case 3...5: return "(\(condition(depth: inner)) or \(condition(depth: inner)))"
    case 6: return "not (\(condition(depth: inner)))"
    case 7:
      return
        "(if \(condition(depth: inner)) then \(condition(depth: inner)) else \(condition(depth: inner)))"
    default: return "(\(condition(depth: inner))) == \(pick(["true", "false"] + logicals))"
    }
  }

  private mutating func leaf() -> String {
    switch dice(16) {
    case 0...5: return comparison()
    case 6, 7: return "\(pick(texts)) \(pick(["==", "!="])) \(text())"
    case 8:
      return "\(pick(texts + lists)) \(pick(["in", "not in"])) (\(text()), \(text()), \(text()))"
    case 9:
      return
        "\(pick(numbers + lists)) \(pick(["in", "not in"])) (\(numeral()), \(number()), \(numeral()))"
    case 10: return pick(logicals)
    case 11, 12: return "\(pick(["exists", "empty"]))(\(pick(numbers + texts + logicals + lists)))"
    case 13: return "\(text()) in \(pick(lists))"
    case 14: return "\(pick(numbers + texts + lists)) \(pick(["==", "!="])) \(anything())"
    default:
      return "\(pick(["contains", "startsWith"]))(\(pick(texts)), \(text()))"
    }
  }

  private mutating func comparison() -> String {
    let sign = pick(["<", "<=", ">", ">=", "==", "!="])
    switch dice(9) {
    case 0: return "\(numeral()) \(sign) \(pick(numbers))"
    case 1:
      return "\(numeral()) \(pick(["<", "<="])) \(pick(numbers)) \(pick(["<", "<="])) \(numeral())"
    case 2: return "\(number()) \(sign) \(number())"
    case 3: return "\(pick(numbers)) \(sign) \(number())"
    case 4:
      let same = pick(numbers)
      return "\(same) \(sign) \(same)"
    default: return "\(pick(numbers)) \(sign) \(numeral())"
    }
  }

  private mutating func number() -> String {
    switch dice(10) {
    case 0: return "\(pick(numbers)) \(pick(["+", "-", "*", "/", "mod"])) \(numeral())"
    case 1: return "-\(pick(numbers))"
    case 2: return "\(pick(["abs", "ceil", "floor", "round", "sqrt"]))(\(pick(numbers)))"
    case 3: return "\(pick(["max", "min"]))(\(pick(numbers)), \(numeral()))"
    case 4: return "length(\(pick(texts + lists)))"
    case 5: return "length of \(pick(lists))"
    case 6: return "'\(dice(2))' of \(pick(lists))"
    case 7: return "first(\(pick(lists)))"
    default: return pick(numbers)
    }
  }

  private mutating func anything() -> String {
    switch dice(7) {
    case 0: return "null"
    case 5: return pick(lists + ["(\(numeral()), \(numeral()))"])
    case 1: return text()
    case 2: return "\(pick(texts)) + \(text())"
    case 3: return pick(texts + numbers + logicals)
    default: return number()
    }
  }
}
