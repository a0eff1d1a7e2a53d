import Glibc
import Journal
import Storage
import TestSupport
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

/// A limit on the length of the process's files is, to it, a disk that is full.
private func limitFiles(to byteCount: UInt64?) {
  var limit = rlimit(rlim_cur: byteCount.map { rlim_t($0) } ?? .max, rlim_max: .max)
  guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
}

/// The disk takes not a byte more of what the bench's store writes.
private func fillDisk(of bench: KeyBench) throws {
  let wal = try Descriptor.open(bench.folder.path("keys.db-wal"), .read)
  limitFiles(to: try wal.fileStatus().byteCount)
}

@Suite struct `A store of idempotency keys on a full disk` {
  @Test func `gives the first answer to who asks again, and no key to who asks first`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      signal(SIGXFSZ, SIG_IGN)
      let bench = try KeyBench()
      let (first, second) = (try bench.worker(), try bench.worker())
      guard try bench.ask(first, 1) == .granted, try bench.ask(first, 2) == .granted else {
        exit(2)
      }
      try bench.say(first, .recorded, 1, answer: [1])
      try fillDisk(of: bench)
      guard try bench.ask(second, 2, request: 5) == nil else { exit(3) }
      try bench.say(first, .recorded, 2, answer: [2])
      // Who waited, and who asks again, whether the store has the answer or not.
      guard let told = try second.next(), told.kind == .replayed, told.answer == [2],
        bench.service.unstored.count == 1, try bench.ask(second, 2) == .replayed,
        try bench.ask(second, 1) == .replayed
      else { exit(4) }
      guard try bench.ask(second, 3) == .unavailable, bench.service.claims.isEmpty else { exit(5) }
      guard bench.service.takeNotices().map(\.event) == ["keys_failed"] else { exit(6) }
      limitFiles(to: nil)
      let isStored = waitUntil(within: .seconds(20)) {
        bench.work()
        return bench.service.unstored.isEmpty
      }
      guard isStored, try bench.ask(second, 3) == .granted else { exit(7) }
      guard bench.service.takeNotices().map(\.event) == ["keys_resumed"] else { exit(8) }
      // Not of the service's memory.
      let found = try bench.keys.answer(
        to: KeyBench.digest(2).bytes, at: SystemClock.microsecondsSince1970)
      exit(found?.answer == [2] ? 42 : 9)
    }
  }

  @Test func `lets nobody wait for a worker that is gone`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      signal(SIGXFSZ, SIG_IGN)
      let bench = try KeyBench()
      let (first, second) = (try bench.worker(), try bench.worker())
      guard try bench.ask(first, 1) == .granted, try bench.ask(first, 2) == .granted else {
        exit(2)
      }
      try fillDisk(of: bench)
      try bench.say(first, .recorded, 2, answer: [2])
      first.end()
      bench.work()
      // Whether it has performed something nobody can say.
      exit(try bench.ask(second, 1) == .unavailable ? 42 : 3)
    }
  }
}
