/// A property of the context and the value that an expression found there.
public struct PropertyReadMessage: Equatable, Sendable {
  /// As the expression has it: `wallet.cash`.
  public var name: String
  /// JSON text; empty where the property is missing.
  public var value: String
  /// Whether the context has no such property.
  public var isMissing: Bool
  /// Whether the value is the beginning of a longer one.
  public var isTruncated: Bool

  /// Makes a read; what is not named is absent.
  public init(
    name: String, value: String = "", isMissing: Bool = false, isTruncated: Bool = false
  ) {
    self.name = name
    self.value = value
    self.isMissing = isMissing
    self.isTruncated = isTruncated
  }
}
