/// What a verification came to.
public struct AuditVerdict: Equatable, Sendable {
  /// Whether nothing is missing.
  public enum Completeness: Equatable, Sendable {
    /// Nothing is missing up to this record, which a checkpoint knows.
    case holds(upTo: UInt64)
    /// Nothing is missing inside, but without a checkpoint nobody knows what may have been cut off the end.
    case unproven
    /// Something is missing.
    case broken
  }

  /// What was changed, moved or inserted.
  public internal(set) var integrity: [AuditFinding] = []
  /// What is missing.
  public internal(set) var missing: [AuditFinding] = []
  /// Whether nothing is missing.
  public internal(set) var completeness = Completeness.unproven
  /// Segments that were read.
  public internal(set) var segments = 0
  /// Records that were read.
  public internal(set) var records: UInt64 = 0
  /// The first record that should be there: 1, or what a tombstone says is left.
  public internal(set) var firstSequence: UInt64 = 1
  /// The last record that is there; 0 for none.
  public internal(set) var lastSequence: UInt64 = 0
  /// The last record that a seal covers; 0 for none.
  public internal(set) var sealedSequence: UInt64 = 0
  /// Checkpoints whose signature holds.
  public internal(set) var checkpoints = 0
  /// Bytes of an unfinished line at the end, as a crash leaves them until the log is opened again.
  public internal(set) var unfinishedBytes = 0

  /// Whether nothing was changed, moved or inserted.
  public var isIntact: Bool { integrity.isEmpty }
  /// Whether nothing was found of either kind.
  public var isSound: Bool { isIntact && missing.isEmpty }

  mutating func report(_ finding: AuditFinding) {
    var list = finding.kind.isAboutCompleteness ? missing : integrity
    guard list.count <= AuditLimits.findings else { return }
    let isLast = list.count == AuditLimits.findings
    list.append(
      isLast
        ? AuditFinding(
          kind: .more, segment: finding.segment, line: finding.line, byte: finding.byte,
          sequence: finding.sequence) : finding)
    if finding.kind.isAboutCompleteness { missing = list } else { integrity = list }
  }
}
