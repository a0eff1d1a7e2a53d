public import Journal
internal import UnixSocket

/// Makes journals for workers, and follows none of them: this waits for the disk, where whoever follows may not.
public struct JournalMaker: Sendable {
  private let directory: String

  /// - Parameter directory: The folder of journals.
  public init(directory: String) { self.directory = directory }

  /// Makes a journal for a worker.
  ///
  /// - Parameters:
  ///   - workerIndex: The worker's place.
  ///   - now: The time, in microseconds since 1970.
  /// - Returns: The journal, which nobody follows yet.
  /// - Throws: ``JournalError`` where there is no room for it, or the kernel refuses.
  public func create(workerIndex: Int, at now: UInt64) throws(JournalError) -> NewJournal {
    let header = JournalHeader(
      workerIndex: UInt32(clamping: workerIndex), createdMicroseconds: now)
    let file = try JournalFile.create(at: path(header.id), header)
    do throws(SystemError) {
      // Nobody else knows of it yet.
      _ = try file.lock()
    } catch {
      throw .system(error)
    }
    return NewJournal(id: header.id, file: file)
  }

  /// Removes a journal that no worker has had.
  ///
  /// - Throws: ``JournalError``; the next start removes it then, since nothing is in it.
  public func discard(_ journal: JournalID) throws(JournalError) {
    do throws(SystemError) {
      try Folder.remove(path(journal))
    } catch {
      throw .system(error)
    }
  }

  func path(_ journal: JournalID) -> String { "\(directory)/\(journal)\(Self.suffix)" }

  static let suffix = ".journal"
}
