import Testing
import UnixSocket

@testable import WorkerLink

/// The keeper's board and a worker's view of it, behind a reference, since an expectation takes no value that
/// can't be copied.
private final class Boards {
  let keepers: StatusBoard
  let workers: StatusBoard

  init() throws {
    keepers = try StatusBoard(
      keeperProcessID: 77, startMicroseconds: 5, startNanoseconds: 7,
      workerCount: StatusBoard.workers)
    workers = try StatusBoard(mapping: try Descriptor.duplicate(keepers.rawDescriptor))
  }

  var nap: UInt64 { workers.nap }
  var keeperProcessID: UInt64 { workers.keeperProcessID }
  var workerCount: Int { workers.workerCount }
  var isQuarantineEmpty: Bool { workers.isQuarantineEmpty }
  var quarantine: [QuarantinedTree] { workers.quarantine }
  func deaths(of worker: Int) -> DeathCounts { workers.deaths(of: worker) }
  func isQuarantined(_ tree: TreeFingerprint) -> Bool { workers.isQuarantined(tree) }
  func quarantined(in slot: Int) -> QuarantinedTree? { workers.quarantined(in: slot) }
  subscript(index: Int) -> StatusBoard.Worker { workers[index] }
}

@Suite struct `The board's supervision` {
  private let seen: Boards

  init() throws { seen = try Boards() }

  private func tree(
    _ number: UInt64, _ kind: TreeFingerprint.Kind = .tree, first: UInt64 = 1
  ) -> QuarantinedTree {
    QuarantinedTree(
      TreeFingerprint(kind, Digest(words: (first, 2, 3, number))), sinceMicroseconds: number,
      reason: .crash)
  }

  @Test func `shows every worker whether the keeper naps`() {
    #expect(seen.nap == 0)
    seen.keepers.nap = 9
    #expect(seen.nap == 9)
  }

  @Test func `counts the deaths of each worker by their reasons`() {
    for (worker, count) in [(0, 1), (7, 3), (StatusBoard.workers - 1, 2)] {
      for reason in DeathReason.allCases {
        for _ in 0..<count * Int(reason.rawValue) { seen.keepers.countDeath(of: worker, reason) }
      }
    }
    for (worker, count) in [(0, 1), (7, 3), (StatusBoard.workers - 1, 2), (1, 0)] {
      for reason in DeathReason.allCases {
        #expect(seen.deaths(of: worker)[reason] == UInt64(count) * reason.rawValue)
      }
    }
    #expect(seen.deaths(of: 1) == DeathCounts())
    #expect(seen.deaths(of: 0) != DeathCounts())
  }

  @Test func `refuses the trees in quarantine and no others`() {
    #expect(seen.isQuarantineEmpty)
    #expect(!seen.isQuarantined(tree(0).tree))
    for slot in 0..<StatusBoard.quarantineSlots {
      seen.keepers.setQuarantined(tree(UInt64(slot), first: UInt64(slot % 3)), in: slot)
    }
    #expect(!seen.isQuarantineEmpty)
    for slot in 0..<StatusBoard.quarantineSlots {
      let entry = tree(UInt64(slot), first: UInt64(slot % 3))
      #expect(seen.isQuarantined(entry.tree))
      #expect(seen.quarantined(in: slot) == entry)
      // Alike but for its kind, its first word, or its last.
      #expect(!seen.isQuarantined(tree(UInt64(slot), .source, first: UInt64(slot % 3)).tree))
      #expect(!seen.isQuarantined(tree(UInt64(slot), first: UInt64(slot % 3 + 1)).tree))
      #expect(!seen.isQuarantined(tree(UInt64(slot + 100), first: UInt64(slot % 3)).tree))
    }
    #expect(seen.quarantine.count == StatusBoard.quarantineSlots)
  }

  @Test func `lets go whom the keeper lets go`() {
    seen.keepers.setQuarantined(tree(1), in: 0)
    seen.keepers.setQuarantined(tree(2, .source), in: 63)
    seen.keepers.setQuarantined(nil, in: 0)
    #expect(!seen.isQuarantined(tree(1).tree))
    #expect(seen.isQuarantined(tree(2, .source).tree))
    #expect(seen.quarantine == [tree(2, .source)])
    seen.keepers.setQuarantined(nil, in: 63)
    #expect(seen.isQuarantineEmpty)
    // A slot of zeros is no tree of zeros.
    #expect(!seen.isQuarantined(TreeFingerprint(.tree, Digest(words: (0, 0, 0, 0)))))
  }

  @Test func `leaves the workers' lines alone`() {
    var line = StatusBoard.Worker()
    line.restarts = 4
    line.counters.droppedLogLines = 6
    for index in 0..<StatusBoard.workers { seen.keepers[index] = line }
    seen.keepers.nap = .max
    for index in 0..<StatusBoard.workers { seen.keepers.countDeath(of: index, .signal) }
    for slot in 0..<StatusBoard.quarantineSlots { seen.keepers.setQuarantined(tree(1), in: slot) }
    for index in 0..<StatusBoard.workers { #expect(seen[index] == line) }
    #expect(seen.keeperProcessID == 77)
    #expect(seen.workerCount == StatusBoard.workers)
  }
}
