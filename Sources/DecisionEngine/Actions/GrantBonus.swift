/// Something to play with.
enum GrantBonus: ActionType {
  static let name = "GrantBonus"
  static let summary = "Grants the player a bonus."
  static let parameters = [
    Parameter(
      "amount", .number(Parameter.Bounds(greaterThan: 0)), isRequired: true, summary: "How much."),
    Parameter(
      "currency", .text(length: 3...3, format: .currency), summary: "Of what, as ISO 4217."),
    Parameter("bonusType", .text(length: 1...64), summary: "Which kind of bonus."),
    Parameter("reason", .text(length: 1...256), summary: "Why, for the records."),
    Parameter(
      "expiresInDays", .number(Parameter.Bounds(atLeast: 1, atMost: 3650), isWhole: true),
      summary: "How long it can be used."),
  ]
}
