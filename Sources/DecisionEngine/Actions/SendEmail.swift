/// A letter to the player's mailbox.
enum SendEmail: ActionType {
  static let name = "SendEmail"
  static let summary = "Sends an e-mail."
  static let parameters = [
    Parameter(
      "from", .text(length: 3...254, format: .emailAddress), isRequired: true,
      summary: "Who sends it."),
    Parameter(
      "to", .text(length: 3...254, format: .emailAddress), isRequired: true,
      summary: "Whom to send it to."),
    // 998 is the longest line of a message: RFC 5322, section 2.1.1.
    Parameter(
      "subject", .text(length: 1...998, format: .oneLine), isRequired: true,
      summary: "What it is about."),
    Parameter("body", .text(length: 0...65_536), summary: "What it says."),
  ]
}
