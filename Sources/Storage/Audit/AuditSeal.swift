internal import Journal

/// The last line of a segment: what stands in it, signed.
struct AuditSeal {
  var segment: UInt64
  var log: JournalID
  var firstSequence: UInt64
  var lastSequence: UInt64
  var microseconds: UInt64
  /// The hash of the last record's line, and through it of every line before.
  var previous: AuditHash

  func signed(with key: borrowing AuditKey) -> [UInt8] {
    SignedText.sign(
      """
      {"seal":\(segment),"log":"\(log)","first_sequence":\(firstSequence),"last_sequence":\(lastSequence),\
      "count":\(lastSequence - firstSequence + 1),"time_us":\(microseconds),"previous":"\(previous)"
      """, .seal, with: key)
  }

  init(
    segment: UInt64, log: JournalID, firstSequence: UInt64, lastSequence: UInt64,
    microseconds: UInt64, previous: AuditHash
  ) {
    self.segment = segment
    self.log = log
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.microseconds = microseconds
    self.previous = previous
  }

  /// Reads a seal, whoever signed it.
  init?(parsing line: ArraySlice<UInt8>) {
    var scanner = AuditScanner(line)
    guard scanner.take(#"{"seal":"#), let segment = scanner.number(),
      scanner.take(#","log":""#), let digits = scanner.hexadecimal(32),
      let log = JournalID(parsing: digits),
      scanner.take(#"","first_sequence":"#), let first = scanner.number(),
      scanner.take(#","last_sequence":"#), let last = scanner.number(), first >= 1, last >= first,
      scanner.take(#","count":"#), scanner.number() == last - first + 1,
      scanner.take(#","time_us":"#), let microseconds = scanner.number(),
      scanner.take(#","previous":""#), let previous = scanner.hash(),
      scanner.take(#"","signature":""#), scanner.hexadecimal(128) != nil,
      scanner.take("\"}"), scanner.isAtEnd
    else { return nil }
    self.init(
      segment: segment, log: log, firstSequence: first, lastSequence: last,
      microseconds: microseconds, previous: previous)
  }
}
