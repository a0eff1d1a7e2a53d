import TestSupport

/// Random trees, most of which can be executed with the properties `a`, `t` and `l`.
enum RandomTree {
  static func json(depth: Int, _ generator: inout SeededGenerator) -> String {
    let expressions = [
      "a > 1", "l", "t == \\\"x\\\"", "a in (1, 2)", "missing", "a + t == \\\"1x\\\"", "t",
    ]
    let expression = expressions.randomElement(using: &generator) ?? "l"
    switch Int.random(in: 0..<(depth > 0 ? 6 : 2), using: &generator) {
    case 0: return sms
    case 1: return #"{"type":"GrantBonus","parameters":{"amount":"{{\#(expression)}}"}}"#
    case 2, 3:
      return condition(
        expression, json(depth: depth - 1, &generator),
        Bool.random(using: &generator) ? json(depth: depth - 1, &generator) : nil)
    case 4:
      let count = Int.random(in: 1...4, using: &generator)
      return sequence(
        (0..<count).map { _ in json(depth: depth - 1, &generator) },
        onFailure: Bool.random(using: &generator) ? "stop" : nil)
    default:
      return
        #"{"type":"Switch","cases":[{"expression":"\#(expression)","action":\#(json(depth: depth - 1, &generator))}],"defaultAction":\#(json(depth: depth - 1, &generator))}"#
    }
  }
}
