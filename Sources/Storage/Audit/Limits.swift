internal import Journal

/// What the audit log holds, and believes.
public enum AuditLimits {
  /// The longest body of a record: what a journal's record can hold.
  public static let bodyBytes = JournalLimits.recordBytes

  /// A batch that holds so many bytes is written by itself.
  ///
  /// Some thousand records; a larger one saves no system calls worth having.
  static let batchBytes = 1 << 20

  /// The longest file that is read: a segment, or checkpoints.
  ///
  /// A segment is sealed at its size and one batch with its last record, and its whole text is held in memory where it
  /// is checked; a year of checkpoints, one a minute, comes to 200 MB.
  static let fileBytes: UInt64 = 1 << 30

  /// Journals whose positions are kept.
  ///
  /// A worker has one and now and then gets another; those that were taken in and removed are forgotten.
  public static let journals = 4096

  /// Findings of one verification; one more, and it says only that there are more.
  public static let findings = 1000

  /// Where a segment's last line, its seal, is looked for.
  ///
  /// A seal is a fixed form of some 400 bytes.
  static let sealBytes = 4096
}
