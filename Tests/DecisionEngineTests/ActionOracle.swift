import JSON

/// What actions take, written down a second time, from the format's description rather than the declarations.
enum ActionOracle {
  /// Whether rendered parameters are what an action of that type wants.
  static func accepts(_ parameters: JSONValue, of type: String) -> Bool {
    guard case .object(let given) = parameters else { return false }
    switch type {
    case "SendSMS":
      return has(given, "phone", phone) && has(given, "message") { text($0, 1...1600) }
    case "SendEmail":
      return has(given, "from", address) && has(given, "to", address)
        && has(given, "subject") { text($0, 1...998) && !contains($0, "\r") && !contains($0, "\n") }
        && mayHave(given, "body") { text($0, 0...65_536) }
    case "GrantBonus":
      return has(given, "amount") { number($0) { $0 > 0 } } && mayHave(given, "currency", currency)
        && mayHave(given, "bonusType") { text($0, 1...64) }
        && mayHave(given, "reason") { text($0, 1...256) }
        && mayHave(given, "expiresInDays") { number($0) { (1...3650).contains($0) && isWhole($0) } }
    case EveryKind.name: return acceptsEveryKind(given)
    default: return false
    }
  }

  private static func acceptsEveryKind(_ given: JSONObject) -> Bool {
    mayHave(given, "text") { text($0, 0...3) }
      && mayHave(given, "number") { number($0) { _ in true } }
      && mayHave(given, "bounded") { number($0) { (-0.5...1.5).contains($0) } }
      && mayHave(given, "whole") { number($0, isWhole) }
      && mayHave(given, "logical", logical)
      && mayHave(given, "choice") { oneOf($0, ["re\u{301}d", "blue", ""]) }
      && mayHave(given, "codes") { list($0, 0...3, currency) }
      && mayHave(given, "grid") { list($0, 1...2) { list($0, 1...2) { number($0) { $0 <= 9 } } } }
      && mayHave(given, "flags") { list($0, 1...100, logical) }
      && mayHave(given, "K") { list($0, 1...2) { oneOf($0, ["a", "b"]) } }
  }

  // MARK: Members

  private typealias Check = (JSONValue) -> Bool

  private static func has(_ object: JSONObject, _ name: String, _ check: Check) -> Bool {
    object[name].map(check) ?? false
  }

  private static func mayHave(_ object: JSONObject, _ name: String, _ check: Check) -> Bool {
    object[name].map(check) ?? true
  }

  // MARK: Values

  private static func scalars(_ value: JSONValue) -> [Unicode.Scalar]? {
    if case .string(let text) = value { Array(text.unicodeScalars) } else { nil }
  }

  private static func text(_ value: JSONValue, _ length: ClosedRange<Int>) -> Bool {
    scalars(value).map { length.contains($0.count) && !$0.contains("\0") } ?? false
  }

  private static func contains(_ value: JSONValue, _ scalar: Unicode.Scalar) -> Bool {
    scalars(value)?.contains(scalar) ?? false
  }

  private static func phone(_ value: JSONValue) -> Bool {
    guard let scalars = scalars(value), (3...16).contains(scalars.count) else { return false }
    return scalars[0] == "+" && scalars[1] != "0" && scalars.dropFirst().allSatisfy(isDigit)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func address(_ value: JSONValue) -> Bool {
    guard let scalars = scalars(value), (3...254).contains(scalars.count) else { return false }
    let sides = scalars.split(separator: "@", omittingEmptySubsequences: false)
    return sides.count == 2 && sides.allSatisfy { !$0.isEmpty }
      && scalars.allSatisfy { ("!"..."~").contains($0) }
  }

  private static func currency(_ value: JSONValue) -> Bool {
    scalars(value).map { $0.count == 3 && $0.allSatisfy { ("A"..."Z").contains($0) } } ?? false
  }

  private static func number(_ value: JSONValue, _ check: (Double) -> Bool) -> Bool {
    if case .number(let number) = value { check(number) } else { false }
  }

  private static func isWhole(_ number: Double) -> Bool {
    number.truncatingRemainder(dividingBy: 1) == 0
  }

  private static func logical(_ value: JSONValue) -> Bool {
    if case .bool = value { true } else { false }
  }

  private static func oneOf(_ value: JSONValue, _ choices: [String]) -> Bool {
    scalars(value).map { given in choices.contains { Array($0.unicodeScalars) == given } } ?? false
  }

  private static func list(_ value: JSONValue, _ count: ClosedRange<Int>, _ check: Check) -> Bool {
    if case .array(let elements) = value {
      count.contains(elements.count) && elements.allSatisfy(check)
    } else {
      false
    }
  }
}
