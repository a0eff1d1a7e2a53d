public import Journal
internal import NumberText

/// Which record of which journal a line of the audit was made of: its journal's ID, and where in it the record begins
/// and ends.
///
/// In a line it is `"<32 digits>:<start>-<end>"`. The line itself so says how far its journal has been taken in; no
/// second file has to agree with it, and a line that is whole is taken in exactly once.
public struct AuditRecordID: Hashable, Sendable, CustomStringConvertible {
  /// The journal.
  public let journal: JournalID
  /// Where the record begins, in bytes of the journal's file.
  public let start: UInt64
  /// Where the next one begins.
  public let end: UInt64

  /// A record's place.
  public init(journal: JournalID, start: UInt64, end: UInt64) {
    precondition(start < end, "a record has bytes")
    self.journal = journal
    self.start = start
    self.end = end
  }

  /// The place of a record that was read.
  public init(journal: JournalID, _ record: JournalRecord) {
    self.init(journal: journal, start: record.offset, end: record.end)
  }

  init?(scanning scanner: inout AuditScanner) {
    guard let digits = scanner.hexadecimal(32), let journal = JournalID(parsing: digits),
      scanner.take(":"), let start = scanner.number(), scanner.take("-"),
      let end = scanner.number(), start < end
    else { return nil }
    self.init(journal: journal, start: start, end: end)
  }

  /// Appends what stands in a line.
  func append(to text: inout [UInt8]) {
    journal.append(to: &text)
    text.append(UInt8(ascii: ":"))
    WholeNumber.append(start, to: &text)
    text.append(UInt8(ascii: "-"))
    WholeNumber.append(end, to: &text)
  }

  /// As it stands in a line.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
