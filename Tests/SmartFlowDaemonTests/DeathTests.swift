import Glibc
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

private let tree = TreeFingerprint(.tree, Digest(words: (1, 2, 3, 4)))

private var mark: WorkMark {
  var mark = WorkMark(.executing, deadline: 1)
  mark.tree = tree
  return mark
}

@Suite struct `A worker's death` {
  private func death(
    _ end: ChildProcess.End, hang: Watchdog.Hang? = nil, outOfMemory: Bool = false
  ) -> WorkerDeath {
    WorkerDeath(end, mark: mark, hang: hang, machineRanOutOfMemory: outOfMemory)
  }

  private static let hang = Watchdog.Hang(mark: mark, lateNanoseconds: 20, state: .running)

  @Test(
    arguments: [
      (.exited(0), .exit, nil, true), (.exited(71), .exit, nil, true),
      (.signalled(SIGILL), .crash, "SIGILL", true), (.signalled(SIGTRAP), .crash, "SIGTRAP", true),
      (.signalled(SIGABRT), .crash, "SIGABRT", true), (.signalled(SIGBUS), .crash, "SIGBUS", true),
      (.signalled(SIGFPE), .crash, "SIGFPE", true), (.signalled(SIGSEGV), .crash, "SIGSEGV", true),
      (.signalled(SIGSYS), .forbiddenCall, "SIGSYS", true),
      (.signalled(SIGKILL), .killed, "SIGKILL", false),
      (.signalled(SIGTERM), .signal, "SIGTERM", false),
      (.signalled(SIGUSR1), .signal, "SIGUSR1", false),
      (.signalled(40), .signal, "signal 40", false),
    ] as [(ChildProcess.End, DeathReason, String?, Bool)])
  func `has its reason by its end, and a culprit unless it came from outside`(
    end: ChildProcess.End, reason: DeathReason, signal: String?, hasCulprit: Bool
  ) {
    let death = death(end)
    #expect(death.reason == reason)
    #expect(death.signalName == signal)
    #expect(death.culprit == (hasCulprit ? tree : nil))
  }

  @Test func `by the watchdog is the watchdog's, and the tree is to blame`() {
    let death = death(.signalled(SIGKILL), hang: Self.hang)
    #expect(death.reason == .watchdog)
    #expect(death.hang == Self.hang)
    #expect(death.culprit == tree)
  }

  @Test func `of one that a signal had stopped is nobody's fault`() {
    var hang = Self.hang
    hang.state = .stopped
    #expect(death(.signalled(SIGKILL), hang: hang).culprit == nil)
  }

  @Test func `by a crash is a crash, though the watchdog was about to`() {
    let death = death(.signalled(SIGSEGV), hang: Self.hang)
    #expect(death.reason == .crash)
    #expect(death.hang == nil)
  }

  @Test func `by the kernel for want of memory is laid to the tree that was running`() {
    let death = death(.signalled(SIGKILL), outOfMemory: true)
    #expect(death.reason == .outOfMemory)
    #expect(death.culprit == tree)
  }

  @Test func `with nothing in hand has no culprit`() {
    let death = WorkerDeath(
      .signalled(SIGSEGV), mark: nil, hang: nil, machineRanOutOfMemory: false)
    #expect(death.culprit == nil)
  }

  @Test(
    arguments: [
      ("nr_free_pages 5\noom_kill 17\nswap_ra 0\n", 17), ("oom_kill 0", 0), ("oom_kill", nil),
      ("oom_kill x", nil), ("drop_oom_kill 3\noom_killed 4", nil), ("", nil),
      ("oom_kill 1 2\noom_kill 3", 3),
    ] as [(String, UInt64?)])
  func `for want of memory is known by the kernel's count`(text: String, count: UInt64?) {
    #expect(OutOfMemoryCount.parse(Array(text.utf8)[...]) == count)
  }
}

@Suite struct `The kernel's count of kills for want of memory` {
  @Test func `has risen when it is higher than one or two samples ago`() {
    var count = OutOfMemoryCount()
    #expect(!count.hasRisen(5), "nothing is known yet")
    count.note(5)
    #expect(!count.hasRisen(5))
    #expect(count.hasRisen(6))
    // The kill came before this sample, and its victim ends after it.
    count.note(6)
    #expect(count.hasRisen(6))
    count.note(6)
    #expect(!count.hasRisen(6))
    count.note(nil)
    #expect(!count.hasRisen(nil))
  }
}

@Suite struct `The quarantine's ledger` {
  private static let second: UInt64 = 1_000_000_000
  private var ledger = QuarantineLedger()

  private func tree(_ number: UInt64) -> TreeFingerprint {
    TreeFingerprint(.tree, Digest(words: (number, 0, 0, 0)))
  }

  private mutating func note(_ number: UInt64, at seconds: UInt64) -> QuarantineLedger.Entry? {
    ledger.note(tree(number), .crash, now: seconds * Self.second, wall: seconds)
  }

  @Test mutating func `takes in a tree at its third death within a minute`() {
    #expect(note(1, at: 100) == nil)
    #expect(note(1, at: 130) == nil)
    let entry = note(1, at: 159)
    #expect(
      entry
        == QuarantineLedger.Entry(
          slot: 0, tree: QuarantinedTree(tree(1), sinceMicroseconds: 159, reason: .crash)))
  }

  @Test mutating func `forgets a death after a minute`() {
    for seconds in stride(from: UInt64(0), to: 3000, by: 30) {
      #expect(note(1, at: seconds) == nil)
    }
    #expect(note(1, at: 2971) != nil)
  }

  @Test mutating func `tells trees apart, by what their digest is of as well`() {
    for number in 1...3 as ClosedRange<UInt64> {
      #expect(note(number, at: 1) == nil)
      #expect(note(number, at: 1) == nil)
    }
    let source = TreeFingerprint(.source, tree(1).digest)
    #expect(ledger.note(source, .crash, now: Self.second, wall: 1) == nil)
    #expect(note(2, at: 1)?.tree.tree == tree(2))
  }

  @Test mutating func `takes in no tree twice`() {
    for _ in 0..<2 { #expect(note(1, at: 1) == nil) }
    #expect(note(1, at: 1)?.slot == 0)
    for _ in 0..<9 { #expect(note(1, at: 1) == nil) }
  }

  @Test mutating func `lets go a tree by its digest, and forgives it`() {
    for _ in 0..<2 { _ = note(1, at: 1) }
    #expect(note(1, at: 1) != nil)
    #expect(note(1, at: 1) == nil)
    #expect(ledger.lift(tree(2).digest) == [])
    #expect(ledger.lift(tree(1).digest) == [0])
    #expect(ledger.lift(tree(1).digest) == [])
    for _ in 0..<2 { #expect(note(1, at: 2) == nil) }
    #expect(note(1, at: 2)?.slot == 0)
  }

  @Test mutating func `drops the oldest when it is full`() {
    for number in 0..<UInt64(StatusBoard.quarantineSlots) {
      for _ in 0..<2 { _ = note(number, at: 10 + number) }
      let entry = note(number, at: 10 + number)
      #expect(entry?.slot == Int(number))
      #expect(entry?.dropped == nil)
    }
    for _ in 0..<2 { _ = note(1000, at: 500) }
    let entry = note(1000, at: 500)
    #expect(entry?.slot == 0)
    #expect(entry?.dropped?.tree == tree(0))
    #expect(ledger.lift(tree(1000).digest) == [0])
  }

  @Test mutating func `remembers so many trees and no more, the latest ones`() {
    let count = UInt64(SupervisionLimits.rememberedTrees)
    for number in 0...count {
      for _ in 0..<2 {
        _ = ledger.note(tree(number), .crash, now: 100 * Self.second + number, wall: 100)
      }
    }
    // The first is forgotten, so this is its first death.
    #expect(note(0, at: 130) == nil)
    #expect(note(count, at: 130) != nil)
  }
}
