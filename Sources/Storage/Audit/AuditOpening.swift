internal import Journal

/// The first line of a segment.
struct AuditOpening {
  var segment: UInt64
  var log: JournalID
  var firstSequence: UInt64
  var microseconds: UInt64
  /// How far each journal was taken in before this segment.
  var positions: [JournalID: UInt64]
  var previous: AuditHash

  var bytes: [UInt8] {
    let journals = positions.map { ("\($0.key)", $0.value) }.sorted { $0.0 < $1.0 }
      .map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
    return Array(
      """
      {"segment":\(segment),"log":"\(log)","first_sequence":\(firstSequence),"time_us":\(microseconds),\
      "journals":{\(journals)},"previous":"\(previous)"}
      """.utf8)
  }

  init(
    segment: UInt64, log: JournalID, firstSequence: UInt64, microseconds: UInt64,
    positions: [JournalID: UInt64], previous: AuditHash
  ) {
    self.segment = segment
    self.log = log
    self.firstSequence = firstSequence
    self.microseconds = microseconds
    self.positions = positions
    self.previous = previous
  }

  init?(parsing line: ArraySlice<UInt8>) {
    var scanner = AuditScanner(line)
    guard scanner.take(#"{"segment":"#), let segment = scanner.number(),
      scanner.take(#","log":""#), let digits = scanner.hexadecimal(32),
      let log = JournalID(parsing: digits),
      scanner.take(#"","first_sequence":"#), let firstSequence = scanner.number(),
      scanner.take(#","time_us":"#), let microseconds = scanner.number(),
      scanner.take(#","journals":{"#), let positions = Self.positions(&scanner),
      scanner.take(#"},"previous":""#), let previous = scanner.hash(),
      scanner.take(#""}"#), scanner.isAtEnd
    else { return nil }
    self.init(
      segment: segment, log: log, firstSequence: firstSequence, microseconds: microseconds,
      positions: positions, previous: previous)
  }

  private static func positions(_ scanner: inout AuditScanner) -> [JournalID: UInt64]? {
    var positions: [JournalID: UInt64] = [:]
    while positions.count <= AuditLimits.journals {
      guard scanner.take(positions.isEmpty ? "\"" : ",\"") else { return positions }
      guard let digits = scanner.hexadecimal(32), let journal = JournalID(parsing: digits),
        scanner.take("\":"), let offset = scanner.number(),
        positions.updateValue(offset, forKey: journal) == nil
      else { return nil }
    }
    return nil
  }
}
