/// An expression, and the same in native Swift.
struct Subject: Sendable {
  let expression: String
  /// Of how many of the players it holds.
  let native: @Sendable (Span<Player>) -> Int

  /// The instant of all evaluations, in Unix seconds.
  static let now = 1_790_000_000.0

  static let all: [Subject] = [
    Subject(expression: #"daysInactive > 5 and tier == "Gold""#) { count($0, Native.isInactive) },
    Subject(
      expression: #"country in ("MT", "SE", "DE") and deposits >= 3 and not ("vip" in tags)"#
    ) { count($0, Native.isDepositor) },
    Subject(
      expression:
        "if isVIP then wallet.cash > 1000 else (balance + bonus) * 0.1 > 5 and deposits < 4"
    ) { count($0, Native.isRich) },
    Subject(
      expression:
        #"18 <= age < 40 and (tier == "Gold" or tier == "Silver") and max(balance, bonus) > 100"#
    ) { count($0, Native.isYoung) },
    Subject(
      expression:
        #"daysSince(lastLogin) >= 7 and endsWith(email, "@example.com") and round(balance) mod 2 == 0"#
    ) { count($0, Native.isLost) },
    Subject(expression: #"playerId ~= "^p-[0-9]+$" and lower(tier) != "bronze""#) {
      count($0, Native.isRegistered)
    },
  ]

  @inline(__always)
  private static func count(
    _ players: Span<Player>, _ holds: (borrowing Player) -> Bool
  ) -> Int {
    var count = 0
    for index in players.indices where holds(players[index]) { count += 1 }
    return count
  }
}

/// What a programmer would have written; called for one player at a time, as a program is.
enum Native {
  @inline(never)
  static func isInactive(_ player: borrowing Player) -> Bool {
    player.daysInactive > 5 && player.tier == "Gold"
  }

  @inline(never)
  static func isDepositor(_ player: borrowing Player) -> Bool {
    (player.country == "MT" || player.country == "SE" || player.country == "DE")
      && player.deposits >= 3 && !player.tags.contains("vip")
  }

  @inline(never)
  static func isRich(_ player: borrowing Player) -> Bool {
    player.isVIP
      ? player.cash > 1000 : (player.balance + player.bonus) * 0.1 > 5 && player.deposits < 4
  }

  @inline(never)
  static func isYoung(_ player: borrowing Player) -> Bool {
    18 <= player.age && player.age < 40 && (player.tier == "Gold" || player.tier == "Silver")
      && max(player.balance, player.bonus) > 100
  }

  @inline(never)
  static func isLost(_ player: borrowing Player) -> Bool {
    (Subject.now - player.lastLogin) / 86_400 >= 7 && player.email.hasSuffix("@example.com")
      && modulo((player.balance + 0.5).rounded(.down), 2) == 0
  }

  @inline(never)
  static func isRegistered(_ player: borrowing Player) -> Bool {
    player.playerID.wholeMatch(of: #/p-[0-9]+/#) != nil && player.tier.lowercased() != "bronze"
  }

  private static func modulo(_ left: Double, _ right: Double) -> Double {
    (left.truncatingRemainder(dividingBy: right) + right).truncatingRemainder(dividingBy: right)
  }
}
