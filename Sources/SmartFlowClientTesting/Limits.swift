/// What a test server may hold; far more than a test needs, so that a test that runs wild ends.
enum Limits {
  /// Calls that are recorded; of more, the oldest are forgotten.
  static let recordedCalls = 100_000

  /// Connections at once; further ones are hung up on.
  static let connections = 256

  /// Bytes of answers that one client may leave unread before it is hung up on.
  static let unreadBytes = 64 << 20

  /// Fuel of one execution: the daemon's own default.
  static let fuelUnits = 1_000_000

  /// Idempotency keys that are remembered.
  static let keys = 10_000
}
