import Glibc
import Journal
import Storage
import UnixSocket

/// A journal that a worker has, until ``end()``.
final class HeldJournal {
  let id: JournalID
  private let lock: Descriptor
  private var writer: JournalWriter

  /// Makes one that `room` follows.
  init(in settings: JournalSettings, followedBy room: JournalRoom) throws {
    let journal = try JournalMaker(directory: settings.directory).create(workerIndex: 0, at: 1)
    try room.follow(journal.id)
    id = journal.id
    lock = try journal.file.duplicate()
    writer = JournalWriter(try journal.file.duplicate())
  }

  deinit { end() }

  /// Gives the journal back.
  ///
  /// Closing would not do: a program that another test starts at this moment has it too.
  func end() { flock(lock.rawValue, LOCK_UN) }

  func record(_ members: [UInt8], isAudited: Bool, keyed: KeyedAnswer? = nil) throws {
    try writer.add { bytes in
      JournalPayload.append(isAudited: isAudited, members: members, keyed: keyed, to: &bytes)
    }
    try writer.commit()
  }
}
