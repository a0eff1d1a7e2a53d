import Foundation
import TestSupport
import Testing

@Suite struct `Idempotency keys on a full disk` {
  @Test func `have their first answers, and are given to nobody, until there is room`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let stored = try KeyedCall.outcome("stored", of: daemon)
    try limitStore(of: daemon, behind: stored)
    let recorded = try KeyedCall.outcome("recorded", of: daemon)
    #expect(!recorded.isReplayed)
    try untilFailed(daemon)
    #expect(try KeyedCall.outcome("recorded", of: daemon) == recorded.replayed)
    #expect(try KeyedCall.outcome("stored", of: daemon) == stored.replayed)
    try expectUnavailable("fresh", of: daemon)
    // Who has no key has nothing to fear.
    #expect(
      try RawConnection(path: daemon.socketPath).call(KeyedCall.execute("")).code == 0)
    try ProcessLimit.set("--fsize=unlimited:unlimited", of: daemon.processID)
    let fresh = try #require(KeyedCall.untilAnswered("fresh", by: daemon))
    #expect(!fresh.isReplayed)
    #expect(try daemon.logRecords(of: "keys_resumed").count == 1)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 4)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "this user may mount no file system"))
  func `are not performed again by a daemon that starts on it`() throws {
    let folder = try TemporaryFolder()
    let disk = try SmallDisk(at: folder.path("state"), mebibytes: 16)
    let daemon = try DaemonProcess(workers: 1, folder: folder)
    let stored = try KeyedCall.outcome("stored", of: daemon)
    try limitStore(of: daemon, behind: stored)
    let recorded = try KeyedCall.outcome("recorded", of: daemon)
    try untilFailed(daemon)
    daemon.signal(SIGKILL)
    _ = try daemon.end()
    try disk.fill()

    // The store has not seen it; the journal has.
    let second = try DaemonProcess(workers: 1, folder: folder)
    try expectUnavailable("recorded", of: second)
    #expect(try KeyedCall.outcome("stored", of: second) == stored.replayed)
    try disk.clear()
    #expect(KeyedCall.untilAnswered("recorded", by: second) == recorded.replayed)
    #expect(KeyedCall.untilAnswered("fresh", by: second)?.isReplayed == false)
    #expect(try second.stop() == 0)
    #expect(try AuditFile(of: second.statePath).records().count == 3)
  }

  /// Lets the store of keys take not a byte more, once it has an answer.
  private func limitStore(of daemon: DaemonProcess, behind stored: KeyedCall.Outcome) throws {
    var wal = Data()
    let isStored = waitUntil(within: .seconds(20)) {
      wal = (try? Data(contentsOf: URL(filePath: daemon.statePath + "/keys.sqlite-wal"))) ?? Data()
      return wal.range(of: Data(stored.executionID.utf8)) != nil
    }
    #expect(isStored, "\(daemon.log())")
    try ProcessLimit.set("--fsize=\(wal.count):unlimited", of: daemon.processID)
  }

  private func untilFailed(_ daemon: DaemonProcess) throws {
    let isTold = waitUntil(within: .seconds(20)) {
      ((try? daemon.logRecords(of: "keys_failed"))?.count ?? 0) == 1
    }
    #expect(isTold, "\(daemon.log())")
  }

  private func expectUnavailable(_ key: String, of daemon: DaemonProcess) throws {
    let refused = try RawConnection(path: daemon.socketPath).call(KeyedCall.execute(key))
    #expect(refused.code == 14)
    #expect(try refused.reason() == "IDEMPOTENCY_UNAVAILABLE")
    #expect(refused.details.contains { $0.type.hasSuffix("RetryInfo") })
  }
}

@Suite struct `A daemon's store of idempotency keys` {
  @Test func `of a later release is refused with what to do, and left as it is`() throws {
    let first = try DaemonProcess(workers: 1)
    _ = try KeyedCall.outcome("k", of: first)
    #expect(try first.stop() == 0)
    let path = first.statePath + "/keys.sqlite"
    var bytes = try Data(contentsOf: URL(filePath: path))
    // The file's `user_version`: https://www.sqlite.org/fileformat2.html#user_version_number
    bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
    try bytes.write(to: URL(filePath: path))
    let second = try Daemon(in: first.folder, [])
    #expect(second.wait() == 65)
    #expect(second.log().contains("start the release that made it"), "\(second.log())")
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }
}
