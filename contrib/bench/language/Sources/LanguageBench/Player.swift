import Filtrex

/// What native code would be given: a player's properties, already in fields.
///
/// Not copyable, since lending an element of an array copies it, which takes longer than what is measured.
struct Player: ~Copyable {
  var daysInactive: Double
  var tier: String
  var country: String
  var deposits: Double
  var balance: Double
  var bonus: Double
  var age: Double
  var isVIP: Bool
  var email: String
  var playerID: String
  var lastLogin: Double
  var tags: [String]
  var cash: Double

  private static let tiers = ["Gold", "Silver", "Bronze"]
  private static let countries = ["MT", "SE", "DE", "GB", "BR"]

  /// So many players that differ, so that no branch is always taken.
  static let count = 64

  init(number: Int) {
    let ordinal = Double(number)
    daysInactive = Double(number % 11)
    tier = Self.tiers[number % 3]
    country = Self.countries[number % 5]
    deposits = Double(number % 7)
    balance = ordinal * 13.25
    bonus = Double(number % 4) * 5
    age = Double(18 + number % 50)
    isVIP = number % 6 == 0
    email = number % 2 == 0 ? "player\(number)@example.com" : "player\(number)@mail.com"
    playerID = number % 8 == 0 ? "guest-\(number)" : "p-\(1000 + number)"
    lastLogin = 1_790_000_000 - ordinal * 50_000
    tags = number % 2 == 0 ? ["slots", "poker"] : ["bingo"]
    cash = ordinal * 40
  }

  /// The same as a context, as an engine would have it.
  var context: Context {
    Context(
      .object([
        .init(name: "daysInactive", value: .number(daysInactive)),
        .init(name: "tier", value: .text(tier)),
        .init(name: "country", value: .text(country)),
        .init(name: "deposits", value: .number(deposits)),
        .init(name: "balance", value: .number(balance)),
        .init(name: "bonus", value: .number(bonus)),
        .init(name: "age", value: .number(age)),
        .init(name: "isVIP", value: .logical(isVIP)),
        .init(name: "email", value: .text(email)),
        .init(name: "playerId", value: .text(playerID)),
        .init(name: "lastLogin", value: .number(lastLogin)),
        .init(name: "tags", value: .list(tags.map { .text($0) })),
        .init(name: "wallet", value: .object([.init(name: "cash", value: .number(cash))])),
      ]))
  }
}
