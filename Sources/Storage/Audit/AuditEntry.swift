/// A record of the audit as it stands in its file.
public struct AuditEntry: Equatable, Sendable {
  /// The segment.
  public let segment: UInt64
  /// The line, from 1.
  public let line: Int
  /// The record's number.
  public let sequence: UInt64
  /// The line's bytes, JSON without a line break.
  public let text: [UInt8]
}
