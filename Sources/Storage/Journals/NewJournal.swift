public import Journal
public import UnixSocket

/// A journal that was made for a worker.
public final class NewJournal: Sendable {
  /// Its name.
  public let id: JournalID
  /// For appending, and nothing else; it holds the file's lock, which says that somebody writes.
  public let file: Descriptor

  init(id: JournalID, file: consuming Descriptor) {
    self.id = id
    self.file = file
  }
}
