import Foundation
import Glibc
import Journal
@testable import Storage
import TestSupport
import Testing
import UnixSocket

/// Records of two journals on their way into a log, whose process may end at any step.
private struct Feed {
  static let journals = [
    JournalID(parsing: String(repeating: "1", count: 32).utf8),
    JournalID(parsing: String(repeating: "2", count: 32).utf8),
  ].compactMap { $0 }
  static let recordsEach = 12
  static let settings = AuditSettings(segmentBytes: 800)

  static func id(_ journal: JournalID, _ index: Int) -> AuditRecordID {
    AuditRecordID(journal: journal, start: UInt64(48 + index * 10), end: UInt64(58 + index * 10))
  }

  static var allIDs: Set<String> {
    Set(journals.flatMap { journal in (0..<recordsEach).map { "\(id(journal, $0))" } })
  }

  /// Opens the log and takes in what it does not have, with commits, checkpoints and a retention between.
  static func run(_ bench: AuditBench, _ disk: AuditDisk = AuditDisk()) throws(AuditError) {
    var log = try bench.open(settings, disk: disk)
    for index in 0..<recordsEach {
      // As a keeper does that was restarted: from where the log says that it stands.
      for journal in journals where id(journal, index).start >= log.position(of: journal) ?? 0 {
        try log.add("\(index)", id(journal, index))
      }
      if index % 3 == 0 { try log.commit(at: UInt64(index), synchronized: index % 2 == 0) }
      if index % 4 == 1 { _ = try log.checkpoint(at: UInt64(index)) }
    }
    try log.commit(at: 20)
    try log.seal(at: 21)
  }
}

/// Counts steps and makes one of them the last, with a part of its bytes.
private final class Fuse: Sendable {
  private let state: Locked<(steps: Int, isOver: Bool)> = Locked((0, false))
  let last: Int
  /// Of four parts of the bytes.
  let quarters: Int
  let isRealKill: Bool

  init(last: Int, quarters: Int, isRealKill: Bool = false) {
    self.last = last
    self.quarters = quarters
    self.isRealKill = isRealKill
  }

  var steps: Int { state.withLock { $0.steps } }

  var disk: AuditDisk {
    AuditDisk { byteCount in
      self.state.withLock { state in
        if state.isOver { return 0 }
        state.steps += 1
        guard state.steps > self.last else { return nil }
        state.isOver = true
        if self.isRealKill { kill(getpid(), SIGKILL) }
        return byteCount * self.quarters / 4
      }
    }
  }
}

@Suite struct `An audit log whose process ends` {
  /// Takes in what is missing, and holds the log against what should be in it.
  private func checkEnd(_ bench: AuditBench, _ comment: Comment) throws {
    try Feed.run(bench)
    let ids = try bench.recordIDs()
    #expect(ids.count == Feed.allIDs.count, comment)
    #expect(Set(ids) == Feed.allIDs, comment)
    let verdict = try bench.verify()
    #expect(verdict.isSound, "\(comment): \(verdict)")
    #expect(verdict.completeness == .holds(upTo: UInt64(ids.count)), comment)
  }

  @Test(arguments: 0...4)
  func `at any step, with any part of it done, has every record once`(quarters: Int) throws {
    let whole = Fuse(last: .max, quarters: 4)
    try Feed.run(AuditBench(), whole.disk)
    try #require(whole.steps > 30)
    for last in 0..<whole.steps {
      let bench = try AuditBench()
      #expect(throws: AuditError.system(AuditDisk.interrupted)) {
        try Feed.run(bench, Fuse(last: last, quarters: quarters).disk)
      }
      try checkEnd(bench, "step \(last), \(quarters) quarters of it")
    }
  }

  @Test func `again while it puts that right, has every record once`() throws {
    for first in stride(from: 3, to: 33, by: 2) {
      for second in 0..<8 {
        let bench = try AuditBench()
        for (last, quarters) in [(first, 2), (second, 1), (second, 3)] {
          do throws(AuditError) {
            try Feed.run(bench, Fuse(last: last, quarters: quarters).disk)
          } catch {
            #expect(error == .system(AuditDisk.interrupted))
          }
        }
        try checkEnd(bench, "steps \(first) and \(second)")
      }
    }
  }

  @Test func `at any step of a retention still comes to a verdict, and removes the rest later`()
    throws
  {
    for last in 0..<9 {
      let bench = try AuditBench()
      try Feed.run(bench)
      let count = try AuditFolder.segments(in: bench.directory).count
      try #require(count >= 3)
      do throws(AuditError) {
        var log = try bench.open(Feed.settings, disk: Fuse(last: last, quarters: 2).disk)
        _ = try log.removeSegments(sealedBefore: 21, at: 30)
      } catch {
        #expect(error == .system(AuditDisk.interrupted))
      }
      var log = try bench.open(Feed.settings)
      let interrupted = try bench.verify()
      #expect(interrupted.isSound, "step \(last): \(interrupted)")
      _ = try log.removeSegments(sealedBefore: 21, at: 31)
      let verdict = try bench.verify()
      #expect(verdict.isSound, "step \(last): \(verdict)")
      #expect(verdict.firstSequence > 1)
      for journal in Feed.journals {
        let position = log.position(of: journal)
        #expect(position == Feed.id(journal, Feed.recordsEach - 1).end)
      }
    }
  }

  @Test func `by SIGKILL has every record once`() async throws {
    for last in [2, 9, 20, 33, 41] {
      let bench = try AuditBench()
      let (directory, step) = (bench.folder.url.path, last)
      setenv("SMARTFLOW_TEST_AUDIT", "\(directory) \(step)", 1)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        let words = ProcessInfo.processInfo.environment["SMARTFLOW_TEST_AUDIT"]?.split(
          separator: " ")
        guard let words, words.count == 2, let last = Int(words[1]) else { exit(1) }
        let directory = String(words[0])
        let fuse = Fuse(last: last, quarters: 0, isRealKill: true)
        var log = try AuditLog.open(
          directory + "/audit", checkpoints: directory + "/checkpoints.jsonl",
          key: try AuditKey(path: directory + "/audit.key"), settings: Feed.settings, at: 1,
          disk: fuse.disk)
        for index in 0..<Feed.recordsEach {
          for journal in Feed.journals { try log.add("\(index)", Feed.id(journal, index)) }
          try log.commit(at: 1)
          _ = try log.checkpoint(at: 1)
        }
        exit(2)
      }
      try checkEnd(bench, "killed at step \(last)")
    }
  }
}

@Suite struct `An audit log on a full disk` {
  @Test func `has none of the batch, goes on when there is room, and takes it then`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      signal(SIGXFSZ, SIG_IGN)
      let bench = try AuditBench()
      var log = try bench.open()
      let journal = Feed.journals[0]
      try log.add("first", Feed.id(journal, 0))
      try log.commit(at: 1)
      let path = AuditFolder.path(bench.directory, segment: 1)
      let before = try Data(contentsOf: URL(filePath: path))
      for room in [0, 1, 50, 200] {
        var limit = rlimit(rlim_cur: rlim_t(before.count + room), rlim_max: rlim_t.max)
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
        var failure: AuditError?
        do throws(AuditError) {
          for index in 1...3 { try log.add("more", Feed.id(journal, index)) }
          try log.commit(at: 1)
        } catch { failure = error }
        limit.rlim_cur = rlim_t.max
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
        guard failure == .system(SystemError(call: "write", code: EFBIG)) else { exit(3) }
        guard try Data(contentsOf: URL(filePath: path)) == before else { exit(4) }
        guard log.position(of: journal) == Feed.id(journal, 0).end, log.lastSequence == 1 else {
          exit(5)
        }
      }
      for index in 1...3 { try log.add("more", Feed.id(journal, index)) }
      try log.seal(at: 1)
      guard try bench.verify().isSound, try bench.recordIDs().count == 4 else { exit(6) }
      exit(42)
    }
  }
}
