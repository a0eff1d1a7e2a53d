public import SmartFlowMessages

/// The parameters of an action, by its type.
public enum DecidedAction: Equatable, Sendable {
  /// `SendSMS`.
  case sendSMS(phone: String, message: String)
  /// `SendEmail`.
  case sendEmail(from: String, to: String, subject: String, body: String?)
  /// `GrantBonus`.
  case grantBonus(GrantedBonus)
  /// An action of another type, or one whose parameters are not as its type has them.
  case other(type: String, parameters: [String: StructValue])
}

/// What a `GrantBonus` grants.
public struct GrantedBonus: Equatable, Sendable {
  /// How much; more than 0.
  public var amount: Double
  /// Of what, as ISO 4217; `nil` where the tree does not say.
  public var currency: String?
  /// Which kind of bonus.
  public var bonusType: String?
  /// Why, for the records.
  public var reason: String?
  /// How long it can be used.
  public var expiresInDays: Int?

  /// Makes a bonus.
  public init(
    amount: Double, currency: String? = nil, bonusType: String? = nil, reason: String? = nil,
    expiresInDays: Int? = nil
  ) {
    self.amount = amount
    self.currency = currency
    self.bonusType = bonusType
    self.reason = reason
    self.expiresInDays = expiresInDays
  }
}

extension ActionResultMessage {
  /// A parameter that is a text, or `nil`.
  public func text(_ name: String) -> String? {
    guard case .text(let value)? = parameters?[name] else { return nil }
    return value
  }

  /// A parameter that is a number, or `nil`.
  public func number(_ name: String) -> Double? {
    guard case .number(let value)? = parameters?[name] else { return nil }
    return value
  }

  /// A parameter that is true or false, or `nil`.
  public func logical(_ name: String) -> Bool? {
    guard case .logical(let value)? = parameters?[name] else { return nil }
    return value
  }

  /// The action with its parameters as rendered, typed.
  public var decided: DecidedAction {
    switch type {
    case "SendSMS":
      if let phone = text("phone"), let message = text("message") {
        return .sendSMS(phone: phone, message: message)
      }
    case "SendEmail":
      if let from = text("from"), let to = text("to"), let subject = text("subject") {
        return .sendEmail(from: from, to: to, subject: subject, body: text("body"))
      }
    case "GrantBonus":
      if let amount = number("amount") {
        return .grantBonus(
          GrantedBonus(
            amount: amount, currency: text("currency"), bonusType: text("bonusType"),
            reason: text("reason"),
            expiresInDays: number("expiresInDays").flatMap { Int(exactly: $0) }))
      }
    default: break
    }
    return .other(type: type, parameters: parameters ?? [:])
  }
}
