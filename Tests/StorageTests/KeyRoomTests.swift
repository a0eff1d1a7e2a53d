import Foundation
import Journal
import TestSupport
import Testing
import UnixSocket

@testable import Storage

/// Journals and a store of keys in a folder of their own.
private struct Rooms {
  let folder: TemporaryFolder
  let keys: KeyRoom
  var settings: JournalSettings {
    JournalSettings(directory: folder.path("journals"), audit: nil)
  }

  init(_ folder: TemporaryFolder) throws {
    self.folder = folder
    keys = try KeyRoom(path: folder.path("keys.db"), retentionMicroseconds: 1_000_000_000)
  }

  static func answer(_ number: UInt64, bytes: Int = 1) -> KeyedAnswer {
    KeyedAnswer(
      key: (0..<32).map { $0 < 8 ? UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) : 0 },
      request: [UInt8](repeating: 2, count: 32), microseconds: 5,
      answer: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: bytes)[...])
  }

  /// A journal in which the answer to a key stands, and who may write to it still.
  func journal(with answer: KeyedAnswer, in room: JournalRoom) throws -> HeldJournal {
    let journal = try HeldJournal(in: settings, followedBy: room)
    try journal.record([], isAudited: false, keyed: answer)
    return journal
  }
}

@Suite struct `Idempotency keys of a daemon before` {
  @Test func `are all known once its journals are read`() throws {
    let folder = try TemporaryFolder()
    do {
      let rooms = try Rooms(folder)
      let room = try JournalRoom(rooms.settings, keys: rooms.keys, at: 6)
      _ = try rooms.journal(with: Rooms.answer(1), in: room)
    }
    let rooms = try Rooms(folder)
    _ = try JournalRoom(rooms.settings, keys: rooms.keys, at: 6)
    #expect(rooms.keys.knowsAllKeys)
    #expect(try rooms.keys.answer(to: Rooms.answer(1).key, at: 6) == Rooms.answer(1))
  }

  @Test func `are not all known while one of its workers may write`() throws {
    let folder = try TemporaryFolder()
    let before = try Rooms(folder)
    let room = try JournalRoom(before.settings, keys: before.keys, at: 6)
    let writer = try before.journal(with: Rooms.answer(1), in: room)
    // As a second process would see it, which has a store of its own.
    let keys = try KeyRoom(path: folder.path("other.db"), retentionMicroseconds: 1_000_000_000)
    let second = try JournalRoom(before.settings, keys: keys, at: 6)
    #expect(!keys.knowsAllKeys)
    writer.end()
    // Nobody else has the file open but to read it.
    second.settle(at: 6)
    #expect(keys.knowsAllKeys)
    #expect(try keys.answer(to: Rooms.answer(1).key, at: 6) == Rooms.answer(1))
  }

  @Test func `are all known where its workers go on with the next`() throws {
    let folder = try TemporaryFolder()
    let before = try Rooms(folder)
    let room = try JournalRoom(before.settings, keys: before.keys, at: 6)
    let writer = try before.journal(with: Rooms.answer(1), in: room)
    let keys = try KeyRoom(path: folder.path("other.db"), retentionMicroseconds: 1_000_000_000)
    _ = try JournalRoom(before.settings, keys: keys, hasWriters: true, at: 6)
    #expect(keys.knowsAllKeys)
    writer.end()
  }

  @Test func `are not all known while the disk is full, and are when it is not`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      signal(SIGXFSZ, SIG_IGN)
      let folder = try TemporaryFolder()
      do {
        let rooms = try Rooms(folder)
        let room = try JournalRoom(rooms.settings, keys: rooms.keys, at: 6)
        _ = try rooms.journal(with: Rooms.answer(1), in: room)
      }
      let rooms = try Rooms(folder)
      let wal = try FileHandle(forReadingFrom: URL(filePath: folder.path("keys.db-wal")))
      var limit = rlimit(rlim_cur: rlim_t(try wal.seekToEnd()), rlim_max: .max)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
      let room = try JournalRoom(rooms.settings, keys: rooms.keys, at: 6)
      guard !rooms.keys.knowsAllKeys, room.hasUnsettled,
        room.takeNotices().map(\.event) == ["keys_failed"]
      else { exit(2) }
      // It can be done without; the next try is a second later.
      limit.rlim_cur = .max
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(3) }
      room.settle(at: 7)
      guard !rooms.keys.knowsAllKeys else { exit(4) }
      room.settle(at: 1_000_006)
      guard rooms.keys.knowsAllKeys, !room.hasUnsettled,
        try rooms.keys.answer(to: Rooms.answer(1).key, at: 6) == Rooms.answer(1)
      else { exit(5) }
      exit(42)
    }
  }
}

@Suite struct `A store of idempotency keys that is damaged in its middle` {
  /// Answers beyond what SQLite keeps in memory, in the database's file.
  private static let count: UInt64 = 4000

  /// - Returns: A key whose page can't be read; `nil` where all can.
  private static func lostKey(in keys: KeyRoom) -> (UInt64, StoreFailure)? {
    for number in 0..<count {
      do throws(StoreFailure) {
        guard let found = try keys.answer(to: Rooms.answer(number).key, at: 6),
          found == Rooms.answer(number, bytes: 1000)
        else {
          Issue.record("a wrong answer to key \(number)")
          return nil
        }
      } catch {
        return (number, error)
      }
    }
    return nil
  }

  @Test func `never has a key for free that it can't read, and is refused at the next start`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path("keys.db")
    do {
      let rooms = try Rooms(folder)
      try rooms.keys.remember(
        (0..<Self.count).map { Rooms.answer($0, bytes: 1000) }, at: 6)
      try rooms.keys.synchronize()
      #expect(Self.lostKey(in: rooms.keys) == nil)
      let file = try FileHandle(forUpdating: URL(filePath: path))
      for page in 200..<400 as Range<UInt64> {
        try file.seek(toOffset: page * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
      }
      try file.close()
      let lost = try #require(Self.lostKey(in: rooms.keys))
      guard case .corrupt(StoreFile(.keys, path: path), _) = lost.1 else {
        Issue.record("\(lost)")
        return
      }
      #expect(rooms.keys.takeNotices().map(\.event) == ["keys_failed"])
      // Not again and again, whatever else can be read in between.
      #expect(Self.lostKey(in: rooms.keys)?.0 == lost.0)
      #expect(rooms.keys.takeNotices().isEmpty)
    }
    let failure = #expect(throws: StoreFailure.self) { try Rooms(folder) }
    #expect(failure?.description.contains("put a backup in its place") == true)
  }
}
