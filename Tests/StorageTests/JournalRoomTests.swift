import Foundation
import Journal
import Storage
import TestSupport
import Testing
import UnixSocket

@Suite struct `Journals on their way into the audit` {
  private let folder: TemporaryFolder
  private let settings: JournalSettings
  private let keys: KeyRoom

  init() throws {
    folder = try TemporaryFolder()
    settings = JournalSettings(
      directory: folder.path("journals"),
      audit: JournalSettings.Audit(
        directory: folder.path("audit"), checkpoints: folder.path("checkpoints.jsonl"),
        key: folder.path("audit.key")))
    keys = try KeyRoom(path: folder.path("keys.db"), retentionMicroseconds: 1_000_000)
  }

  /// A worker that records numbers.
  private final class Worker {
    private let journal: HeldJournal
    var id: JournalID { journal.id }

    init(_ settings: JournalSettings, _ room: JournalRoom) throws {
      journal = try HeldJournal(in: settings, followedBy: room)
    }

    func record(_ number: Int, isAudited: Bool = true) throws {
      try record(Array(#""n":\#(number)"#.utf8), isAudited: isAudited)
    }

    func record(
      _ members: [UInt8], isAudited: Bool = true, keyed: KeyedAnswer? = nil
    ) throws {
      try journal.record(members, isAudited: isAudited, keyed: keyed)
    }
  }

  /// What the audit has of the records' numbers, in its order.
  private func numbers() throws -> [Int] {
    var numbers: [Int] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("audit")).sorted()
    where name.hasSuffix(".jsonl") {
      let text = try String(contentsOfFile: folder.path("audit/" + name), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if let number = object?["n"] as? Int { numbers.append(number) }
      }
    }
    return numbers
  }

  private func journals() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("journals")).sorted()
  }

  @Test func `come there in their order, and once`() throws {
    let room = try JournalRoom(settings, keys: keys, at: 1)
    let worker = try Worker(settings, room)
    for number in 0..<5 { try worker.record(number) }
    #expect(!room.takeIn(at: 1, byteCount: 1 << 20))
    for number in 5..<8 { try worker.record(number) }
    #expect(!room.takeIn(at: 1, byteCount: 1 << 20))
    #expect(try numbers() == Array(0..<8))
  }

  @Test func `have their answers remembered before they go, when their worker is gone`() throws {
    let answer = KeyedAnswer(
      key: [UInt8](repeating: 1, count: 32), request: [UInt8](repeating: 2, count: 32),
      microseconds: 5, answer: [1, 2, 3])
    let room = try JournalRoom(settings, keys: keys, at: 1)
    var worker: Worker? = try Worker(settings, room)
    let id = try #require(worker?.id)
    try worker?.record([], isAudited: false, keyed: answer)
    worker = nil
    room.noteLeft(id)
    room.settle(at: 6)
    #expect(room.hasUnsettled)
    _ = room.takeIn(at: 6, byteCount: 1 << 20)
    room.settle(at: 6)
    #expect(!room.hasUnsettled)
    #expect(try keys.answer(to: answer.key, at: 6) == answer)
    room.removeDone(at: 6)
    #expect(try journals().isEmpty)
  }

  @Test func `leave out what is not for the audit`() throws {
    let room = try JournalRoom(settings, keys: keys, at: 1)
    let worker = try Worker(settings, room)
    for number in 0..<6 { try worker.record(number, isAudited: number.isMultiple(of: 2)) }
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    #expect(try numbers() == [0, 2, 4])
  }

  @Test func `stay as long as somebody writes to them, and go when all is taken in`() throws {
    let room = try JournalRoom(settings, keys: keys, at: 1)
    var worker: Worker? = try Worker(settings, room)
    let id = try #require(worker?.id)
    try worker?.record(1)
    room.noteLeft(id)
    room.settle(at: 1)
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    room.removeDone(at: 1)
    #expect(room.hasUnsettled)
    #expect(try journals() == ["\(id).journal"])
    try worker?.record(2)
    worker = nil
    room.settle(at: 1)
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    room.removeDone(at: 1)
    #expect(!room.hasUnsettled)
    #expect(try journals() == [])
    #expect(try numbers() == [1, 2])
  }

  @Test func `lose a torn end, of which a copy is kept, and nothing before it`() throws {
    do {
      let room = try JournalRoom(settings, keys: keys, at: 1)
      let worker = try Worker(settings, room)
      try worker.record(1)
    }
    let name = try #require(try journals().first)
    let handle = try #require(FileHandle(forWritingAtPath: folder.path("journals/" + name)))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([9, 0, 0, 0, 1, 2, 3]))
    try handle.close()
    let room = try JournalRoom(settings, keys: keys, at: 2)
    let notices = room.takeNotices()
    #expect(notices.map(\.event) == ["journal_tail_cut"])
    #expect(notices.first?.facts["bytes"] == "7")
    #expect(try numbers() == [1])
    #expect(try journals().map { $0.contains(".torn-") } == [true])
  }

  @Test func `keep their records while the audit can't be written`() throws {
    var settings = settings
    // Every commit seals a segment, so that the next one needs a new file.
    settings.audit?.segments = AuditSettings(segmentBytes: 1)
    let room = try JournalRoom(settings, keys: keys, at: 1)
    let worker = try Worker(settings, room)
    try worker.record(1)
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    try FileManager.default.moveItem(atPath: folder.path("audit"), toPath: folder.path("away"))
    for number in 2..<5 { try worker.record(number) }
    #expect(!room.takeIn(at: 1, byteCount: 1 << 20))
    #expect(room.takeNotices().map(\.event).contains("audit_failed"))
    try FileManager.default.moveItem(atPath: folder.path("away"), toPath: folder.path("audit"))
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    #expect(room.takeNotices().map(\.event).contains("audit_resumed"))
    #expect(try numbers() == [1, 2, 3, 4])
  }

  @Test(arguments: [Array("\"n\":1,\n\"m\":2".utf8)])
  func `have a record that is no line of JSON refused in its place`(members: [UInt8]) throws {
    let room = try JournalRoom(settings, keys: keys, at: 1)
    let worker = try Worker(settings, room)
    try worker.record(7)
    try worker.record(members)
    try worker.record(8)
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    #expect(try numbers() == [7, 8])
    #expect(room.takeNotices().map(\.event) == ["record_refused"])
    let text = try String(contentsOfFile: folder.path("audit/000001.jsonl"), encoding: .utf8)
    #expect(text.contains(#""event":"record_refused""#))
  }

  @Test func `are not sound without their file's name, and give up what they have all the same`()
    throws
  {
    let room = try JournalRoom(settings, keys: keys, at: 1)
    var worker: Worker? = try Worker(settings, room)
    let id = try #require(worker?.id)
    #expect(room.isSound(id))
    try FileManager.default.removeItem(atPath: folder.path("journals/\(id).journal"))
    #expect(!room.isSound(id))
    #expect(room.takeNotices().map(\.event) == ["journal_file_gone"])
    try worker?.record(3)
    room.noteLeft(id)
    worker = nil
    room.settle(at: 1)
    _ = room.takeIn(at: 1, byteCount: 1 << 20)
    room.removeDone(at: 1)
    #expect(try numbers() == [3])
  }

  @Test func `are full at their size`() throws {
    var settings = settings
    settings.journalBytes = 100
    let room = try JournalRoom(settings, keys: keys, at: 1)
    let worker = try Worker(settings, room)
    #expect(!room.isFull(worker.id))
    try worker.record(Array(repeating: UInt8(ascii: " "), count: 100))
    #expect(room.isFull(worker.id))
  }

  @Test func `go where nothing is audited`() throws {
    var settings = settings
    settings.audit = nil
    let room = try JournalRoom(settings, keys: keys, at: 1)
    var worker: Worker? = try Worker(settings, room)
    let id = try #require(worker?.id)
    try worker?.record(1)
    worker = nil
    room.noteLeft(id)
    room.settle(at: 1)
    room.removeDone(at: 1)
    #expect(try journals() == [])
    #expect(!FileManager.default.fileExists(atPath: folder.path("audit")))
  }

  @Test(arguments: 0..<40)
  func `come there once, whenever the daemon ends and whenever workers do`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var settings = settings
    settings.audit?.segments = AuditSettings(
      segmentBytes: UInt64.random(in: 1...4000, using: &random))
    var room: JournalRoom? = try JournalRoom(settings, keys: keys, at: 1)
    var workers: [Worker] = []
    var recorded = 0
    for _ in 0..<200 {
      if Int.random(in: 0..<10, using: &random) == 0 {
        // As at kill -9: what was in hand is gone, and workers end with their keeper.
        room = nil
        workers.removeAll()
        room = try JournalRoom(settings, keys: keys, at: 1)
      }
      let current = try #require(room)
      switch Int.random(in: 0..<9, using: &random) {
      case 0: if workers.count < 4 { workers.append(try Worker(settings, current)) }
      case 1:
        guard let index = workers.indices.randomElement(using: &random) else { break }
        current.noteLeft(workers.remove(at: index).id)
      case 2:
        current.settle(at: 1)
        current.removeDone(at: 1)
      case 3, 4: _ = current.takeIn(at: 1, byteCount: Int.random(in: 1...300, using: &random))
      default:
        guard let worker = workers.randomElement(using: &random) else { break }
        try worker.record(recorded)
        recorded += 1
      }
    }
    workers.removeAll()
    room = nil
    _ = try JournalRoom(settings, keys: keys, at: 1)
    #expect(try numbers().sorted() == Array(0..<recorded))
    #expect(try journals() == [])
  }
}
