internal import JSON
internal import UnixSocket

/// Looks into an audit's folder, also while it is written; checks nothing, which is ``AuditVerifier``'s work.
public enum AuditBrowser {
  /// The last records, oldest first.
  ///
  /// - Parameters:
  ///   - directory: The segments' folder.
  ///   - count: At most so many.
  /// - Returns: The records.
  /// - Throws: ``AuditError`` where a file can't be read.
  public static func tail(of directory: String, _ count: Int) throws(AuditError) -> [AuditEntry] {
    var found: [AuditEntry] = []
    for segment in try segments(directory).reversed() where found.count < count {
      found = try entries(directory, segment).suffix(count - found.count) + found
    }
    return found
  }

  /// The record of a number.
  ///
  /// - Returns: `nil` when there is none.
  /// - Throws: ``AuditError`` where a file can't be read.
  public static func record(
    _ sequence: UInt64, in directory: String
  ) throws(AuditError) -> AuditEntry? {
    for segment in try segments(directory).reversed() {
      let entries = try entries(directory, segment)
      if let entry = entries.first(where: { $0.sequence == sequence }) { return entry }
      if let first = entries.first, first.sequence < sequence { return nil }
    }
    return nil
  }

  /// The records whose member `execution_id` is this.
  ///
  /// - Returns: Oldest first; none when there is none.
  /// - Throws: ``AuditError`` where a file can't be read.
  public static func records(
    ofExecution id: String, in directory: String
  ) throws(AuditError) -> [AuditEntry] {
    var found: [AuditEntry] = []
    for segment in try segments(directory) {
      found += try entries(directory, segment).filter { isOfExecution($0.text, id) }
    }
    return found
  }

  private static func isOfExecution(_ text: [UInt8], _ id: String) -> Bool {
    do throws(JSONError) {
      guard case .object(let object) = unsafe try JSONParser.parse(text.span.bytes) else {
        return false
      }
      return object["execution_id"] == .string(id)
    } catch {
      // A line that is no JSON is of no execution; a verification names it.
      return false
    }
  }

  private static func segments(_ directory: String) throws(AuditError) -> [UInt64] {
    try AuditError.wrapping { () throws(SystemError) in try AuditFolder.segments(in: directory) }
  }

  private static func entries(
    _ directory: String, _ segment: UInt64
  ) throws(AuditError) -> [AuditEntry] {
    let bytes = try AuditDisk.read(AuditFolder.path(directory, segment: segment))
    return AuditFolder.lines(of: bytes).lines.enumerated().compactMap { index, range in
      guard let record = AuditRecordLine(parsing: bytes[range]) else { return nil }
      return AuditEntry(
        segment: segment, line: index + 1, sequence: record.sequence, text: Array(bytes[range]))
    }
  }
}
