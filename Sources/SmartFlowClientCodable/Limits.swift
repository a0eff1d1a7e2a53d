/// What one context may be; the daemon refuses more, so that sending it would be in vain.
///
/// - Source: TREES.md, "Limits".
enum Limits {
  /// Objects and lists inside each other, the context itself counted.
  ///
  /// It also ends what refers to itself before the stack does.
  static let depth = 32

  /// Bytes of JSON.
  static let bytes = 256 << 10

  /// Values, the context itself counted.
  static let values = 10_000
}
