/// A short message to the player's phone.
enum SendSMS: ActionType {
  static let name = "SendSMS"
  static let summary = "Sends a text message to a phone."
  static let parameters = [
    Parameter(
      "phone", .text(length: 3...16, format: .e164), isRequired: true,
      summary: "Whom to send it to, as E.164."),
    Parameter("message", .text(length: 1...1600), isRequired: true, summary: "What it says."),
  ]
}
