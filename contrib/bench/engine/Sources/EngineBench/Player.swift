import SmartFlowMessages

/// What native code would be given: a player's properties, already in fields.
struct Player {
  var daysInactive: Double
  var tier: String

  static let all = (0..<64).map {
    Player(daysInactive: 6 + Double($0 % 3), tier: "Gold")
  }

  /// All ten properties, as a client sends them.
  static let message: [String: StructValue] = [
    "daysInactive": .number(7), "tier": .text("Gold"), "name": .text("Maria Camilleri"),
    "country": .text("MT"), "language": .text("en"), "balance": .number(120.5),
    "deposits": .number(14), "level": .number(31), "vip": .logical(true), "bonus": .number(5),
  ]

  /// The same as JSON.
  static let json = Array(
    #"{"daysInactive":7,"tier":"Gold","name":"Maria Camilleri","country":"MT","language":"en","balance":120.5,"deposits":14,"level":31,"vip":true,"bonus":5}"#
      .utf8)
}

/// A tree of 400 bytes with two constant actions; `number` makes another one of it.
enum TreeText {
  static let sample = json()
  /// Nodes of ``path``.
  static let pathNodes = 1_001

  /// Twenty chains of fifty conditions, all of which are come to; nothing is decided on.
  static let path: [UInt8] = {
    let action =
      #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"We miss you!"}}"#
    func condition(_ expression: String, _ then: String) -> String {
      #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":\#(then)}"#
    }
    var chain = condition("level < 3", action)
    for _ in 1..<50 { chain = condition("level > 3", chain) }
    let chains = Array(repeating: chain, count: 20).joined(separator: ",")
    return Array(#"{"type":"Sequence","actions":[\#(chains)]}"#.utf8)
  }()

  static func json(_ number: Int = 0) -> [UInt8] {
    // As many digits in each, so that all are of one length.
    let digits = String(100_000_000 + number)
    return Array(
      """
      {"type":"Condition","parameters":{"expression":"daysInactive > 5 and tier == \\"Gold\\""},\
      "trueAction":{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"We miss you!"}},\
      "falseAction":{"type":"SendEmail","parameters":{"from":"promo@game.com","to":"maria@example.com",\
      "subject":"New offers await!"}},"metadata":{"campaign":"winback","owner":"retention","number":"\(digits)",\
      "region":"EU"}}
      """.utf8)
  }
}
