import DecisionEngine
import JSON

/// An action with a parameter of every kind, so that whatever holds for parameters is tried on all of them.
enum EveryKind: ActionType {
  static let name = "Test.Every-Kind_1"
  static let summary = "Does nothing, with parameters of every kind."
  static let parameters = [
    Parameter("text", .text(length: 0...3), summary: "A short text."),
    Parameter("number", .number(), summary: "Any number."),
    Parameter(
      "bounded", .number(.init(greaterThan: -1, atLeast: -0.5, atMost: 1.5)),
      summary: "A small one."
    ),
    Parameter("whole", .number(isWhole: true), summary: "A whole one."),
    Parameter("logical", .logical, summary: "Yes or no."),
    // Written with a combining accent: its composed form is another text.
    Parameter("choice", .choice(["re\u{301}d", "blue", ""]), summary: "One of three."),
    Parameter(
      "codes", .list(of: .text(length: 2...4, format: .currency), count: 0...3), summary: "Some."),
    Parameter(
      "grid", .list(of: .list(of: .number(.init(atMost: 9)), count: 1...2), count: 1...2),
      summary: "Rows of numbers."),
    Parameter("flags", .list(of: .logical, count: 1...100), summary: "Many."),
    Parameter("K", .list(of: .choice(["a", "b"]), count: 1...2), summary: "For a Kelvin sign."),
  ]

  static let registry: ActionRegistry = {
    var registry = ActionRegistry.standard
    registry.register(EveryKind.self)
    return registry
  }()
}
