/// Why one of the daemon's databases can't be opened, or does not do what it is asked.
public enum StoreFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is damaged, or of something else.
  case corrupt(StoreFile, reason: String)
  /// Another process has it.
  case inUse(StoreFile)
  /// A later release has made it.
  case newer(StoreFile, form: UInt64)
  /// SQLite or the system refused.
  case refused(StoreFile, reason: String)

  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .corrupt(let file, let reason):
      "\(file) is corrupt: \(reason); put a backup in its place, or move it away with its -wal file\(file.loss)"
    case .inUse(let file):
      "\(file) is in use by another process; end it, or give this daemon another --state-directory"
    case .newer(let file, let form):
      "\(file) is of form \(form) and this release reads form \(file.form); start the release that made it"
    case .refused(let file, let reason): "\(file) can't be used: \(reason)"
    }
  }
}
