internal import Glibc
public import UnixSocket

/// Appends records to a journal that somebody else opened: the records of one turn of a loop with one `write(2)`.
///
/// Makes no other system call, so that a confined worker can use it. A record is a length, a CRC-32C of length and
/// payload (both u32, little-endian), and the payload. Records are laid out in one buffer that is used again and
/// again.
///
/// **When the file takes only a part of a batch**, the rest is written at once behind it; nobody else appends to
/// the file. Where that fails too, the last bytes of the file are a part of a record, and the writer closes itself for
/// good: nothing is ever written behind that part, so a reader finds it as the end of the file, where
/// ``JournalRecovery`` cuts it off. A file that took nothing, for want of room, ends with a whole record as before,
/// and the writer stays open.
public struct JournalWriter: ~Copyable {
  private let file: Descriptor
  private var batch: [UInt8] = []
  /// Where each record of the batch ends in it.
  private var ends: [Int] = []
  /// Where the journal's last whole record ends, in bytes from the file's beginning.
  public private(set) var offset: UInt64
  /// Whether a batch was cut, so that the journal needs a new file.
  public private(set) var isClosed = false

  /// A writer at the end of a journal.
  ///
  /// - Parameters:
  ///   - file: Open for appending only; nobody else writes to it.
  ///   - offset: The file's length. A new journal has its header.
  public init(_ file: consuming Descriptor, at offset: UInt64 = UInt64(JournalHeader.byteCount)) {
    self.file = file
    self.offset = offset
  }

  /// Records that wait for the next ``commit()``.
  public var pendingRecords: Int { ends.count }

  /// The size of their batch, in bytes.
  public var pendingBytes: Int { batch.count }

  /// Adds a record to the batch; `body` appends its payload, in place.
  ///
  /// - Parameter body: Appends to what it is given, and changes nothing that stands there.
  /// - Throws: ``JournalWriteError``: `recordSize`, `batchFull` or `closed`; the batch is as it was.
  public mutating func add(_ body: (inout [UInt8]) -> Void) throws(JournalWriteError) {
    guard !isClosed else { throw .closed }
    guard batch.count < JournalLimits.batchBytes else { throw .batchFull }
    let start = batch.count
    batch.append(contentsOf: repeatElement(0, count: JournalRecord.prefixBytes))
    body(&batch)
    let length = batch.count - start - JournalRecord.prefixBytes
    guard length > 0, length <= JournalLimits.recordBytes else {
      batch.removeLast(max(batch.count - start, 0))
      throw .recordSize(byteCount: length)
    }
    JournalRecord.seal(at: start, in: &batch)
    ends.append(batch.count)
  }

  /// Forgets the batch.
  public mutating func discard() {
    ends.removeAll(keepingCapacity: true)
    batch.removeAll(keepingCapacity: batch.capacity <= JournalLimits.keptBytes)
  }

  /// Writes the batch with one `write(2)`, or more where the file takes it in parts.
  ///
  /// The batch is empty afterwards, also where it fails.
  ///
  /// - Returns: Where the journal ends now; who waits for the disk waits until so much of it is there.
  /// - Throws: ``JournalWriteError``: `noRoom` (none of the batch is in the journal), `cut` (its first records are)
  ///   or `closed`.
  @discardableResult
  public mutating func commit() throws(JournalWriteError) -> UInt64 {
    guard !isClosed else { throw .closed }
    var written = 0
    while written < batch.count {
      switch unsafe file.write(batch.span.bytes.extracting(written..<batch.count)) {
      case .bytes(let count) where count > 0: written += count
      case .bytes: throw fail(ENOSPC, written)
      case .failed(let code): throw fail(code, written)
      case .wouldBlock, .closed: throw fail(EAGAIN, written)
      }
    }
    offset += UInt64(written)
    discard()
    return offset
  }

  /// What a failure behind `written` bytes comes to.
  private mutating func fail(_ code: Int32, _ written: Int) -> JournalWriteError {
    let whole = ends.prefix { $0 <= written }
    let (recordsWritten, end) = (whole.count, whole.last ?? 0)
    discard()
    // For want of room the kernel refuses a write before it begins. After any other failure nobody knows what of
    // it reached the file.
    let leavesNothing = code == ENOSPC || code == EDQUOT || code == EFBIG || code == EAGAIN
    if leavesNothing && written == 0 { return .noRoom(code: code) }
    isClosed = true
    offset += UInt64(end)
    return .cut(code: code, recordsWritten: recordsWritten)
  }
}
