internal import Journal

/// What is left of segments that were removed by age: where the rest begins, signed, in a record of its own.
struct AuditTombstone {
  var log: JournalID
  /// The first segment that was not removed.
  var firstSegment: UInt64
  /// The last sequence that was.
  var lastSequence: UInt64
  /// The hash of the last removed segment's seal, on which the first that is left chains.
  var hash: AuditHash
  var microseconds: UInt64

  private static let name = Array(#""tombstone":"#.utf8)

  /// A record's body.
  func body(with key: borrowing AuditKey) -> [UInt8] {
    Self.name
      + SignedText.sign(
        """
        {"log":"\(log)","first_segment":\(firstSegment),"last_sequence":\(lastSequence),\
        "hash":"\(hash)","time_us":\(microseconds)
        """, .tombstone, with: key)
  }

  init(
    log: JournalID, firstSegment: UInt64, lastSequence: UInt64, hash: AuditHash,
    microseconds: UInt64
  ) {
    self.log = log
    self.firstSegment = firstSegment
    self.lastSequence = lastSequence
    self.hash = hash
    self.microseconds = microseconds
  }

  /// Reads a body that is a tombstone signed by this key.
  init?(body: ArraySlice<UInt8>, signedBy key: AuditPublicKey) {
    guard body.starts(with: Self.name) else { return nil }
    let object = body.dropFirst(Self.name.count)
    var scanner = AuditScanner(object)
    guard scanner.take(#"{"log":""#), let digits = scanner.hexadecimal(32),
      let log = JournalID(parsing: digits),
      scanner.take(#"","first_segment":"#), let firstSegment = scanner.number(), firstSegment > 1,
      scanner.take(#","last_sequence":"#), let lastSequence = scanner.number(), lastSequence >= 1,
      scanner.take(#","hash":""#), let hash = scanner.hash(),
      scanner.take(#"","time_us":"#), let microseconds = scanner.number(),
      SignedText.isSigned(object, .tombstone, by: key)
    else { return nil }
    self.init(
      log: log, firstSegment: firstSegment, lastSequence: lastSequence, hash: hash,
      microseconds: microseconds)
  }
}
