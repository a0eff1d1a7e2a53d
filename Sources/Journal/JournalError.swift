public import UnixSocket

/// Why a journal's file could not be made or read.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kernel refused.
  case system(SystemError)
  /// The file ends inside its header: it never held a record.
  case headerIncomplete(byteCount: Int)
  /// The file begins with something else.
  case notAJournal
  /// The file is of a release that this one doesn't know.
  case unknownVersion(UInt32)
  /// The header's checksum is not that of its bytes.
  case headerDamaged
  /// An offset lies outside of the file's records.
  case noSuchOffset(UInt64, fileBytes: UInt64)

  /// One sentence.
  public var description: String {
    switch self {
    case .system(let error): "\(error)"
    case .headerIncomplete(let byteCount):
      "the file has \(byteCount) bytes, fewer than a journal's header; it holds no record and can be removed"
    case .notAJournal: "the file is no journal; take it out of the folder of journals"
    case .unknownVersion(let version):
      "the journal has format \(version), and this release reads format 1; read it with the release that wrote it"
    case .headerDamaged:
      "the journal's header is damaged, so that nobody knows which journal it is; restore it from a backup"
    case .noSuchOffset(let offset, let fileBytes):
      "offset \(offset) is outside of the journal's records, which end at \(fileBytes); was the file replaced?"
    }
  }
}
