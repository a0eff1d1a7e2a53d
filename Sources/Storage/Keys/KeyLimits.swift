/// What the store of idempotency keys does at once.
enum KeyLimits {
  /// Keys that are forgotten in one go.
  ///
  /// Some milliseconds, for which nobody finds out about theirs.
  static let forgottenKeys = 1000
  /// Answers of a journal that are remembered in one go.
  static let rememberedAnswers = 1000
  /// How long journals whose answers could not be remembered rest before they are read again, in microseconds.
  static let againMicroseconds: UInt64 = 1_000_000
  /// How often it is told that answers can't be read, in microseconds; calls meet such ones at any rate.
  static let tellingMicroseconds: UInt64 = 60_000_000
}
