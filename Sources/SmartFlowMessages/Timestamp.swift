/// An instant as `google.protobuf.Timestamp` has it.
public struct Timestamp: Equatable, Hashable, Sendable {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  public var seconds: Int64
  /// The rest, 0 to 999,999,999.
  public var nanoseconds: Int32

  /// Makes an instant from its two parts.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Whether the parts are in range: years 1 to 9999, and less than a second of nanoseconds.
  ///
  /// - Source: `google/protobuf/timestamp.proto`.
  public var isValid: Bool {
    (-62_135_596_800...253_402_300_799).contains(seconds)
      && (0..<1_000_000_000).contains(nanoseconds)
  }
}
