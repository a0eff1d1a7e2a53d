public import UnixSocket

/// Why the audit log, its key or its files can't be used.
public enum AuditError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kernel refused; what was being written is not in the log.
  case system(SystemError)
  /// Another process has the log open.
  case inUse(directory: String)
  /// A body is too long, or holds a control character, which no JSON text of one line does.
  case unfitBody(byteCount: Int)
  /// Too many journals have a position; forget those that were removed.
  case tooManyJournals
  /// A file is longer than what is read.
  case fileTooLong(path: String, byteCount: UInt64)
  /// A line of the last segment is not what was written.
  case damaged(path: String, line: Int, byte: Int)
  /// The log ends before a checkpoint.
  case behindCheckpoint(sequence: UInt64, last: UInt64)
  /// The checkpoints are of another log.
  case foreignCheckpoints(path: String)
  /// The log can't be written any more, since a failed write could not be taken back.
  case closed
  /// A key's file gives rights to others, or belongs to one.
  case keyRights(path: String, mode: UInt32)
  /// A key's file holds something else.
  case notAKey(path: String)
  /// The public key beside a key is another one's.
  case publicKeyDiffers(path: String)

  /// One sentence.
  public var description: String {
    switch self {
    case .system(let error): "\(error)"
    case .inUse(let directory): "`\(directory)` is in use by another process; stop that first"
    case .unfitBody(let byteCount):
      "a body of \(byteCount) bytes is no line of JSON of at most \(AuditLimits.bodyBytes) bytes"
    case .tooManyJournals:
      "positions of \(AuditLimits.journals) journals are kept; forget those that were removed"
    case .fileTooLong(let path, let byteCount):
      "`\(path)` has \(byteCount) bytes, more than the \(AuditLimits.fileBytes) that are read"
    case .damaged(let path, let line, let byte):
      "`\(path)` line \(line) (byte \(byte)) is not what was written; look at it with `smartflow audit verify`, and move the folder aside to begin a new log"
    case .behindCheckpoint(let sequence, let last):
      "the log ends with record \(last), and a checkpoint says that there were \(sequence); restore what is missing, or move log and checkpoints aside to begin a new log"
    case .foreignCheckpoints(let path):
      "the checkpoints in `\(path)` are of another log; give this one a file of its own"
    case .closed: "a write failed and could not be taken back; open the log again"
    case .keyRights(let path, let mode):
      "`\(path)` has mode \(String(mode, radix: 8)) and must be readable by its owner, this user, alone; chmod 600 it, and make a new key if others could read it"
    case .notAKey(let path): "`\(path)` holds no audit key; restore it from a backup"
    case .publicKeyDiffers(let path):
      "`\(path)` is the public key of another key; restore the pair from a backup, or remove the file to have it written"
    }
  }
}

extension AuditError {
  /// What `body` gives; its error as one of these.
  static func wrapping<Result: ~Copyable>(
    _ body: () throws(SystemError) -> Result
  ) throws(AuditError) -> Result {
    do throws(SystemError) { return try body() } catch { throw .system(error) }
  }
}
