internal import Journal

/// What checkpoints know, each checked by itself.
struct AuditCheckpoints {
  /// The hash of a record's line, by sequence.
  private(set) var records: [UInt64: AuditHash] = [:]
  /// The hash of a seal, by segment.
  private(set) var seals: [UInt64: AuditHash] = [:]
  /// The last record that one knows.
  private(set) var highest: UInt64?
  private(set) var count = 0
  private(set) var findings: [AuditFinding] = []

  /// No checkpoint.
  init() {}

  /// Reads checkpoints, one a line; a last one that is not whole is let be, as a crash leaves it.
  init(parsing bytes: [UInt8], signedBy key: AuditPublicKey, log: JournalID?) {
    let (lines, end) = AuditFolder.lines(of: bytes)
    var ranges = lines
    if end < bytes.count, AuditLine.wholeness(of: bytes[end...]) != .beginning {
      ranges.append(end..<bytes.count)
    }
    for (index, range) in ranges.enumerated() {
      let line = bytes[range]
      let checkpoint = AuditCheckpoint(parsing: line)
      if let kind = Self.problem(line, checkpoint, key, log) {
        guard findings.count <= AuditLimits.findings else { return }
        findings.append(
          AuditFinding(
            kind: kind, segment: 0, line: index + 1, byte: range.lowerBound,
            sequence: checkpoint?.sequence ?? 0))
      } else if let checkpoint {
        take(checkpoint)
      }
    }
  }

  private static func problem(
    _ line: ArraySlice<UInt8>, _ checkpoint: AuditCheckpoint?, _ key: AuditPublicKey,
    _ log: JournalID?
  ) -> AuditFinding.Kind? {
    guard let checkpoint else { return .malformed }
    guard SignedText.isSigned(line, .checkpoint, by: key) else { return .badSignature }
    return log == nil || checkpoint.log == log ? nil : .foreignCheckpoint
  }

  private mutating func take(_ checkpoint: AuditCheckpoint) {
    count += 1
    highest = max(highest ?? 0, checkpoint.sequence)
    if checkpoint.isSealed {
      seals[checkpoint.segment] = checkpoint.hash
    } else {
      records[checkpoint.sequence] = checkpoint.hash
    }
  }
}
