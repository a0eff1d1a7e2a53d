public import UnixSocket

/// Reads a journal's records, one after another, also while its writer appends.
///
/// Believes nothing that a file says: a length is held against ``JournalLimits`` and the file's end before memory is
/// taken, and a payload is given out only when its checksum is right.
public struct JournalReader: ~Copyable {
  /// What stands at the reader's offset.
  public enum Step: Equatable, Sendable {
    /// A whole record; the reader has moved on behind it.
    case record(JournalRecord)
    /// Nothing: the file ends here.
    case end
    /// So many bytes that are not a whole record yet.
    ///
    /// While the writer lives, the rest may follow; once it is gone, this is a torn tail, unless whole records follow
    /// inside: ``JournalRecovery`` knows.
    case incomplete(byteCount: UInt64)
    /// Bytes that are no record and will not become one.
    case damaged(JournalDamage)
  }

  private let file: Descriptor
  /// What the file's first bytes say.
  public let header: JournalHeader
  /// Where the next record begins.
  public private(set) var offset: UInt64
  /// Bytes of the file, from `windowStart` on.
  private var window: [UInt8] = []
  private var windowStart: UInt64 = 0

  /// A reader at a place between two records.
  ///
  /// - Parameters:
  ///   - file: Open for reading.
  ///   - offset: Where to begin: the first record's by default, else an ``JournalRecord/end`` of before.
  /// - Throws: ``JournalError`` where the file is no journal, or shorter than the offset.
  public init(_ file: consuming Descriptor, from offset: UInt64? = nil) throws(JournalError) {
    var bytes: [UInt8] = []
    let byteCount: UInt64
    do throws(SystemError) {
      try file.read(at: 0, count: JournalHeader.byteCount, into: &bytes)
      byteCount = try file.fileStatus().byteCount
    } catch {
      throw .system(error)
    }
    let header = try JournalHeader(parsing: bytes)
    let start = offset ?? UInt64(JournalHeader.byteCount)
    guard start >= UInt64(JournalHeader.byteCount), start <= byteCount else {
      throw .noSuchOffset(start, fileBytes: byteCount)
    }
    self.header = header
    self.offset = start
    self.file = file
  }

  /// A reader of the journal at `path`.
  ///
  /// - Throws: ``JournalError`` as ``init(_:from:)``.
  public init(path: String, from offset: UInt64? = nil) throws(JournalError) {
    let file: Descriptor
    do throws(SystemError) { file = try .open(path, .read) } catch { throw .system(error) }
    try self.init(file, from: offset)
  }

  /// What stands at the offset; moves on where it is a record.
  ///
  /// - Throws: ``JournalError/system(_:)`` when the file can't be read.
  public mutating func next() throws(JournalError) -> Step {
    let step = try look(at: offset)
    if case .record(let record) = step { offset = record.end }
    return step
  }

  /// What the kernel says is the file's length now.
  ///
  /// - Throws: ``JournalError/system(_:)`` when it doesn't say.
  public func fileBytes() throws(JournalError) -> UInt64 {
    do throws(SystemError) { return try file.fileStatus().byteCount } catch { throw .system(error) }
  }

  /// Goes on behind damage, where ``JournalRecovery`` found the next record.
  ///
  /// - Throws: ``JournalError`` where the file is shorter, or can't be read.
  public mutating func resume(at offset: UInt64) throws(JournalError) {
    let byteCount = try fileBytes()
    guard offset >= UInt64(JournalHeader.byteCount), offset <= byteCount else {
      throw .noSuchOffset(offset, fileBytes: byteCount)
    }
    self.offset = offset
  }

  private mutating func look(at offset: UInt64) throws(JournalError) -> Step {
    let prefix = try load(JournalRecord.prefixBytes, at: offset)
    guard prefix > 0 else { return .end }
    guard prefix >= JournalRecord.prefixBytes else {
      return .incomplete(byteCount: UInt64(prefix))
    }
    let length = LittleEndian.load(UInt32.self, at: index(of: offset), of: window)
    guard length > 0, length <= JournalLimits.recordBytes else {
      return .damaged(JournalDamage(offset: offset, reason: .length(length)))
    }
    let wanted = JournalRecord.prefixBytes + Int(length)
    if index(of: offset) + wanted > window.count {
      // Asked for before memory is taken: a length that nothing stands behind costs nothing.
      let end = try fileBytes()
      guard end >= offset + UInt64(wanted), try load(wanted, at: offset) == wanted else {
        return .incomplete(byteCount: max(end, offset) - offset)
      }
    }
    let start = index(of: offset)
    let computed = JournalRecord.checksum(at: start, end: start + wanted, of: window)
    let stored = LittleEndian.load(UInt32.self, at: start + 4, of: window)
    guard computed == stored else {
      return .damaged(
        JournalDamage(offset: offset, reason: .checksum(stored: stored, computed: computed)))
    }
    return .record(
      JournalRecord(
        offset: offset, payload: window[start + JournalRecord.prefixBytes..<start + wanted]))
  }

  private func index(of offset: UInt64) -> Int { Int(offset - windowStart) }

  /// Sees to it that the window has `count` bytes from `offset` on, as far as the file does.
  ///
  /// - Returns: How many there are, at most `count`.
  private mutating func load(_ count: Int, at offset: UInt64) throws(JournalError) -> Int {
    let windowEnd = windowStart + UInt64(window.count)
    if offset >= windowStart, offset + UInt64(count) <= windowEnd { return count }
    var fresh: [UInt8] = []
    if offset >= windowStart, offset < windowEnd { fresh = Array(window[index(of: offset)...]) }
    do throws(SystemError) {
      try file.read(
        at: offset + UInt64(fresh.count), count: max(count, JournalLimits.readBytes) - fresh.count,
        into: &fresh)
    } catch {
      throw .system(error)
    }
    window = fresh
    windowStart = offset
    return min(count, window.count)
  }
}

extension JournalReader {
  /// What a search behind damage came to.
  enum Search: Equatable {
    case record(at: UInt64)
    case nothing
    case tooLong
  }

  /// Looks for a whole record that begins at `start` or later; the reader stays where it is.
  mutating func search(from start: UInt64) throws(JournalError) -> Search {
    let byteCount = try fileBytes()
    var left = JournalLimits.searchedBytes
    var place = start
    while place + UInt64(JournalRecord.prefixBytes) < byteCount {
      guard try load(4, at: place) == 4 else { return .nothing }
      let length = UInt64(LittleEndian.load(UInt32.self, at: index(of: place), of: window))
      let end = place + UInt64(JournalRecord.prefixBytes) + length
      if length > 0, length <= UInt64(JournalLimits.recordBytes), end <= byteCount {
        guard length <= left else { return .tooLong }
        left -= length
        if case .record = try look(at: place) { return .record(at: place) }
      }
      place += 1
    }
    return .nothing
  }
}
