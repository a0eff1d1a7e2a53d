/// Where a record stands in the audit.
public struct AuditReceipt: Equatable, Sendable {
  /// Its number, from 1 on over all segments.
  public let sequence: UInt64
  /// The hash of its line.
  public let hash: AuditHash
}

/// What opening a log after a crash had to put right.
public struct AuditRepair: Equatable, Sendable {
  /// The file.
  public let path: String
  /// Where it ends now.
  public let offset: UInt64
  /// How many bytes of an unfinished line were cut off; they are in `PATH.torn-OFFSET`.
  public let byteCount: UInt64
}
