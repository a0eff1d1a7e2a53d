internal import UnixSocket

/// The records of an audit in order, one after the other, with a look at the lines beside each.
///
/// A segment at a time is held in memory.
public struct AuditRecords {
  private let directory: String
  private var segments: ArraySlice<UInt64>
  private var segment: UInt64 = 0
  private var bytes: [UInt8] = []
  private var lines: [Range<Int>] = []
  private var index = 0

  /// The records in a folder of segments.
  ///
  /// - Throws: ``AuditError`` where it can't be read.
  public init(in directory: String) throws(AuditError) {
    self.directory = directory
    segments = try AuditError.wrapping { () throws(SystemError) in
      try AuditFolder.segments(in: directory)[...]
    }
  }

  /// The next record that is wanted.
  ///
  /// - Parameter isWanted: Which are; hashes are made for no others.
  /// - Returns: `nil` at the end.
  /// - Throws: ``AuditError`` where a segment can't be read.
  public mutating func next(
    where isWanted: (AuditEntry) -> Bool
  ) throws(AuditError) -> (entry: AuditEntry, links: AuditLinks)? {
    while true {
      while index < lines.count {
        let range = lines[index]
        index += 1
        guard let record = AuditRecordLine(parsing: bytes[range]) else { continue }
        let entry = AuditEntry(
          segment: segment, line: index, sequence: record.sequence, text: Array(bytes[range]))
        if isWanted(entry) { return (entry, links(of: record, at: index - 1)) }
      }
      guard let segment = segments.popFirst() else { return nil }
      self.segment = segment
      bytes = try AuditDisk.read(AuditFolder.path(directory, segment: segment))
      lines = AuditFolder.lines(of: bytes).lines
      index = 0
    }
  }

  private func links(of record: AuditRecordLine, at index: Int) -> AuditLinks {
    // A segment's first line is none of a record.
    let before = index > 0 ? AuditHash(of: bytes[lines[index - 1]]) : nil
    let next = index + 1 < lines.count ? AuditLine(bytes, lines[index + 1]) : nil
    return AuditLinks(
      followsTheOneBefore: before == record.previous,
      isKnownToTheNext: next.map { $0.previous == AuditHash(of: bytes[lines[index]]) })
  }
}
