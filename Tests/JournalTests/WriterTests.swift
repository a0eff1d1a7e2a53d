import Foundation
import Glibc
@testable import Journal
import TestSupport
import Testing
import UnixSocket

/// From here on a write past `byteCount` of a file is refused, in this process and for good.
private func limitFiles(to byteCount: Int) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: rlim_t.max)
  setrlimit(__rlimit_resource_t(1), &limit)
}

@Suite struct `A journal's writer` {
  @Test func `refuses a record without bytes or with too many, and keeps the batch`() throws {
    let bench = try Workbench()
    var writer = JournalWriter(try JournalFile.create(at: bench.path, Workbench.header))
    try writer.add { $0 += [1] }
    for count in [0, JournalLimits.recordBytes + 1] {
      var failure: JournalWriteError?
      do throws(JournalWriteError) {
        try writer.add { $0 += [UInt8](repeating: 5, count: count) }
      } catch { failure = error }
      #expect(failure == .recordSize(byteCount: count))
    }
    try writer.add { $0 += [2] }
    let pending = writer.pendingRecords
    #expect(pending == 2)
    let end = try writer.commit()
    #expect(try end == UInt64(bench.bytes.count))
    #expect(try bench.read().records.map(\.bytes) == [[1], [2]])
  }

  @Test func `takes the longest record, and no other behind it before a commit`() throws {
    let bench = try Workbench()
    var writer = JournalWriter(try JournalFile.create(at: bench.path, Workbench.header))
    try writer.add { $0 += [UInt8](repeating: 5, count: JournalLimits.recordBytes) }
    var failure: JournalWriteError?
    do throws(JournalWriteError) { try writer.add { $0 += [1] } } catch { failure = error }
    #expect(failure == .batchFull)
    try writer.commit()
    try writer.add { $0 += [1] }
    try writer.commit()
    #expect(try bench.read().records.map(\.payload.count) == [JournalLimits.recordBytes, 1])
  }

  @Test func `forgets a batch that is discarded`() throws {
    let bench = try Workbench()
    var writer = JournalWriter(try JournalFile.create(at: bench.path, Workbench.header))
    try writer.add { $0 += [1] }
    writer.discard()
    try writer.commit()
    #expect(try bench.bytes.count == JournalHeader.byteCount)
  }

  @Test func `stays open on a disk that takes nothing`() throws {
    var writer = JournalWriter(Descriptor(owning: open("/dev/full", O_WRONLY | O_CLOEXEC)))
    for _ in 0..<2 {
      try writer.add { $0 += [1] }
      var failure: JournalWriteError?
      do throws(JournalWriteError) { try writer.commit() } catch { failure = error }
      #expect(failure == .noRoom(code: ENOSPC))
      let (end, isClosed, pending) = (writer.offset, writer.isClosed, writer.pendingRecords)
      #expect(end == 48)
      #expect(!isClosed)
      #expect(pending == 0)
    }
  }

  @Test func `closes where nobody knows what was written`() throws {
    var writer = JournalWriter(Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC)))
    try writer.add { $0 += [1] }
    var failure: JournalWriteError?
    do throws(JournalWriteError) { try writer.commit() } catch { failure = error }
    #expect(failure == .cut(code: EBADF, recordsWritten: 0))
    do throws(JournalWriteError) { try writer.add { $0 += [1] } } catch { failure = error }
    #expect(failure == .closed)
  }

  /// Every length of the room that is left: a batch of three records is in the file whole, in part or not at all.
  @Test
  func `on a file that fills up says which records are in it, and writes nothing behind a part`()
    async
  {
    await #expect(processExitsWith: .exitCode(42)) {
      for room in 0...45 {
        let bench = try Workbench()
        let file = try JournalFile.create(at: bench.path, Workbench.header)
        var writer = JournalWriter(file)
        try writer.add { $0 += [1, 1, 1] }
        try writer.commit()
        let before = Int(writer.offset)
        limitFiles(to: before + room)
        for payload: [UInt8] in [[2], [3, 3], [4, 4, 4, 4, 4]] { try writer.add { $0 += payload } }
        var failure: JournalWriteError?
        do throws(JournalWriteError) { try writer.commit() } catch { failure = error }
        limitFiles(to: 1 << 40)
        let whole = room >= 32 ? 3 : room >= 19 ? 2 : room >= 9 ? 1 : 0
        switch failure {
        case nil: guard whole == 3 else { exit(1) }
        case .noRoom(EFBIG): guard room == 0 else { exit(2) }
        case .cut(EFBIG, whole): guard room > 0 else { exit(3) }
        default: exit(4)
        }
        // Now there is room again.
        var again: JournalWriteError?
        do throws(JournalWriteError) {
          try writer.add { $0 += [5] }
          try writer.commit()
        } catch { again = error }
        guard (again == .closed) == (room > 0 && whole < 3) else { exit(5) }
        let outcome = try JournalRecovery(recovering: bench.path)
        let expected = 1 + whole + (again == nil ? 1 : 0)
        guard outcome.records == expected, outcome.gaps.isEmpty else { exit(6) }
        let torn = again == .closed && ![9, 19].contains(room)
        guard (outcome.cut != nil) == torn else { exit(7) }
        guard try bench.read().records.count == expected else { exit(8) }
      }
      exit(42)
    }
  }

  @Test func `completes a batch of which the kernel took a part`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
      guard pipe(ends) == 0 else { exit(1) }
      let (source, target) = (ends[0], ends[1])
      // A handler that is not restarted: a write that waits for room returns what it got rid of.
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      guard sigaction(SIGALRM, &action, nil) == 0 else { exit(2) }
      let main = pthread_self()
      let received = Locked<[UInt8]>([])
      try SystemThread.start {
        var room: Int32 = 0
        // Until the pipe is full and its writer waits.
        while room < 65_536 {
          guard ioctl(source, UInt(FIONREAD), &room) == 0 else { exit(6) }
          poll(nil, 0, 1)
        }
        for _ in 0..<10 {
          pthread_kill(main, SIGALRM)
          poll(nil, 0, 1)
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
          let count = read(source, &chunk, chunk.count)
          guard count > 0 else { exit(3) }
          let total = received.withLock { bytes in
            bytes += chunk[..<count]
            return bytes.count
          }
          if total == 3 * 70_008 { exit(check(received.withLock { $0 })) }
        }
      }
      var writer = JournalWriter(Descriptor(owning: target))
      for byte: UInt8 in 1...3 { try writer.add { $0 += [UInt8](repeating: byte, count: 70_000) } }
      try writer.commit()
      while true { poll(nil, 0, 1000) }
    }
  }
}

/// 42 when the bytes are three whole records.
private func check(_ bytes: [UInt8]) -> Int32 {
  do {
    let bench = try Workbench([])
    try bench.write(bench.bytes + bytes)
    let (records, last) = try bench.read()
    return records.map(\.payload.count) == [70_000, 70_000, 70_000] && last == .end ? 42 : 4
  } catch {
    return 5
  }
}
