/// Why records are not in the journal, and which.
public enum JournalWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A payload is empty, or longer than ``JournalLimits/recordBytes``; the batch is as it was.
  case recordSize(byteCount: Int)
  /// The batch holds ``JournalLimits/batchBytes`` already, and is as it was: commit it first.
  case batchFull
  /// The file took nothing, by `errno`: ENOSPC, EDQUOT or EFBIG.
  ///
  /// The journal ends where it ended before, the batch is dropped, and the next may find room.
  case noRoom(code: Int32)
  /// The file took a part of the batch and would not take the rest, or the kernel can't say what it took.
  ///
  /// The first `recordsWritten` records are whole in the journal and count; of the next a part may stand behind
  /// them. The writer is closed for good: only so does nothing ever stand behind that part. The keeper recovers the
  /// file and hands out another.
  case cut(code: Int32, recordsWritten: Int)
  /// There is no journal: an earlier batch was cut, or the keeper has none to give yet; nothing was written.
  case closed

  /// One sentence.
  public var description: String {
    switch self {
    case .recordSize(let byteCount):
      "a record of \(byteCount) bytes can't be written; it has 1 to \(JournalLimits.recordBytes)"
    case .batchFull: "the batch holds \(JournalLimits.batchBytes) bytes; commit it first"
    case .noRoom(let code):
      "the journal's file has no room (errno \(code)); free some on its file system"
    case .cut(let code, let recordsWritten):
      "the journal was cut behind \(recordsWritten) records of a batch (errno \(code)); it needs a new file"
    case .closed: "there is no journal to write to until the keeper has the next one"
    }
  }
}
