public import Journal

/// A signed statement of how far the audit had come at a time.
///
/// Whoever keeps one outside of the audit's folder can tell later whether something was cut off its end.
public struct AuditCheckpoint: Equatable, Sendable {
  /// The last record's sequence.
  public let sequence: UInt64
  /// Which log it is: 128 bits that were drawn when it began.
  public let log: JournalID
  /// The segment with that record.
  public let segment: UInt64
  /// Whether the segment was sealed.
  public let isSealed: Bool
  /// The hash of the record's line or, where the segment was sealed, of its seal.
  public let hash: AuditHash
  /// When, in microseconds since 1970.
  public let microseconds: UInt64
  /// The JSON object, signed, without a line break: for the checkpoints' file, and for the log.
  public let text: String

  init(
    sequence: UInt64, log: JournalID, segment: UInt64, isSealed: Bool, hash: AuditHash,
    microseconds: UInt64, key: borrowing AuditKey
  ) {
    self.sequence = sequence
    self.log = log
    self.segment = segment
    self.isSealed = isSealed
    self.hash = hash
    self.microseconds = microseconds
    let object = SignedText.sign(
      """
      {"checkpoint":\(sequence),"log":"\(log)","segment":\(segment),"sealed":\(isSealed),\
      "hash":"\(hash)","time_us":\(microseconds)
      """, .checkpoint, with: key)
    text = String(decoding: object, as: UTF8.self)
  }

  /// Reads a checkpoint, whoever signed it.
  init?(parsing line: ArraySlice<UInt8>) {
    var scanner = AuditScanner(line)
    guard scanner.take(#"{"checkpoint":"#), let sequence = scanner.number(), sequence >= 1,
      scanner.take(#","log":""#), let digits = scanner.hexadecimal(32),
      let log = JournalID(parsing: digits),
      scanner.take(#"","segment":"#), let segment = scanner.number(), scanner.take(#","sealed":"#)
    else { return nil }
    let isSealed = scanner.take("true")
    guard isSealed || scanner.take("false"), scanner.take(#","hash":""#),
      let hash = scanner.hash(), scanner.take(#"","time_us":"#),
      let microseconds = scanner.number(), scanner.take(#","signature":""#),
      scanner.hexadecimal(128) != nil, scanner.take("\"}"), scanner.isAtEnd
    else { return nil }
    self.sequence = sequence
    self.log = log
    self.segment = segment
    self.isSealed = isSealed
    self.hash = hash
    self.microseconds = microseconds
    text = String(decoding: line, as: UTF8.self)
  }
}
