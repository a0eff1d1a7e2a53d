public import Journal
public import UnixSocket

/// A journal that was made for a worker.
public struct NewJournal: ~Copyable {
  /// Its name.
  public let id: JournalID
  /// For appending, and nothing else; it holds the file's lock, which says that somebody writes.
  public let file: Descriptor
}
