import TestSupport
import Testing
import UnixSocket
import WorkerLink

@testable import SmartFlowDaemon

/// A process of which the kernel says what a test wants it to.
private final class Subject {
  var processor: UInt64? = 0
  var state: ProcessState? = .running
  var stateQuestions = 0

  var facts: Watchdog.Facts {
    Watchdog.Facts(
      processorNanoseconds: { self.processor },
      state: {
        self.stateQuestions += 1
        return self.state
      })
  }
}

private let millisecond: UInt64 = 1_000_000
/// An instant like any other.
private let start: UInt64 = 1_000_000 * millisecond

private func sight(
  _ phase: WorkMark.Phase = .executing, sequence: UInt64 = 2, deadlineIn milliseconds: UInt64,
  allowance: UInt64 = 0
) -> WorkSight {
  var mark = WorkMark(phase, deadline: start + milliseconds * millisecond)
  mark.allowanceNanoseconds = allowance * millisecond
  return WorkSight(turn: 1, sequence: sequence, mark: mark)
}

@Suite struct `The watchdog` {
  private let subject = Subject()
  private var watchdog = Watchdog(maximumTimeoutNanoseconds: 5000 * millisecond)

  /// Looks at a worker some milliseconds after the start, with so much of the processor's time used.
  private mutating func look(
    _ sight: WorkSight, after milliseconds: UInt64, processor: UInt64 = 0
  ) -> Watchdog.Verdict {
    subject.processor = processor * millisecond
    return watchdog.look(at: sight, now: start + milliseconds * millisecond, subject.facts)
  }

  private func again(_ milliseconds: UInt64) -> Watchdog.Verdict {
    .works(lookAgain: start + milliseconds * millisecond)
  }

  private func isHang(_ verdict: Watchdog.Verdict) -> Bool {
    if case .hangs = verdict { true } else { false }
  }

  @Test mutating func `finds a worker idle that waits, and asks nobody`() {
    #expect(look(WorkSight(turn: 4, sequence: 8), after: 0) == .idle)
    #expect(subject.stateQuestions == 0)
  }

  @Test(arguments: [20, 150, 1000] as [UInt64])
  mutating func `kills one that runs on 20 ms past its deadline, and not before`(deadline: UInt64) {
    let work = sight(deadlineIn: deadline)
    #expect(look(work, after: 0) == again(deadline + 20))
    #expect(look(work, after: deadline, processor: deadline) == again(deadline + 20))
    #expect(look(work, after: deadline + 19, processor: deadline + 19) == again(deadline + 20))
    #expect(subject.stateQuestions == 0)
    let verdict = look(work, after: deadline + 20, processor: deadline + 20)
    #expect(
      verdict
        == .hangs(
          Watchdog.Hang(mark: work.mark, lateNanoseconds: 20 * millisecond, state: .running)))
  }

  @Test mutating func `kills one that waits in the middle of something`() {
    let work = sight(deadlineIn: 150)
    subject.state = .sleeping
    _ = look(work, after: 0, processor: 3)
    _ = look(work, after: 160, processor: 3)
    #expect(isHang(look(work, after: 170, processor: 3)))
  }

  @Test mutating func `spares one that has just fallen asleep, until it is seen to have slept`() {
    let work = sight(deadlineIn: 150)
    subject.state = .sleeping
    _ = look(work, after: 0, processor: 0)
    #expect(look(work, after: 171, processor: 1) == again(176))
    #expect(isHang(look(work, after: 176, processor: 1)))
  }

  @Test mutating func `spares one that the processor was kept from, however late it is`() {
    let work = sight(deadlineIn: 20)
    _ = look(work, after: 0)
    for milliseconds in stride(from: UInt64(40), to: 60_000, by: 100) {
      #expect(look(work, after: milliseconds, processor: 9) == again(milliseconds + 5))
    }
    #expect(isHang(look(work, after: 60_000, processor: 10)))
  }

  @Test mutating func `spares one that has moved on`() {
    _ = look(sight(sequence: 2, deadlineIn: 20), after: 0)
    // Past the first one's deadline by far, and past its own.
    let next = sight(sequence: 4, deadlineIn: 20)
    #expect(look(next, after: 500, processor: 500) == again(520))
    #expect(isHang(look(next, after: 520, processor: 520)))
  }

  @Test mutating func `gives work that begins past its deadline 20 ms of its own`() {
    let work = sight(deadlineIn: 0)
    #expect(look(work, after: 300) == again(320))
    #expect(isHang(look(work, after: 320, processor: 20)))
  }

  @Test mutating func `gives work that takes long for its size that time too`() {
    let work = sight(.compiling, deadlineIn: 20, allowance: 500)
    #expect(look(work, after: 0) == again(520))
    #expect(look(work, after: 520, processor: 509) == again(525))
    #expect(isHang(look(work, after: 525, processor: 510)))
  }

  @Test mutating func `lets no worker allow itself for ever`() {
    var work = sight(.compiling, deadlineIn: 0)
    work.mark?.deadline = .max
    work.mark?.allowanceNanoseconds = .max
    #expect(look(work, after: 0) == again(5020))
    #expect(isHang(look(work, after: 5020, processor: 2010)))
  }

  @Test mutating func `kills one that a signal has stopped in the middle of something`() {
    let work = sight(deadlineIn: 20)
    subject.state = .stopped
    _ = look(work, after: 0)
    #expect(isHang(look(work, after: 40)))
  }

  @Test(arguments: [ProcessState.uninterruptible, nil])
  mutating func `waits five seconds for one that waits for a disk, or of which nothing is known`(
    state: ProcessState?
  ) {
    let work = sight(deadlineIn: 20)
    subject.state = state
    _ = look(work, after: 0, processor: 0)
    #expect(look(work, after: 5019, processor: 3000) == again(5024))
    #expect(isHang(look(work, after: 5020, processor: 3000)))
  }

  @Test mutating func `leaves one alone that has ended already`() {
    let work = sight(deadlineIn: 20)
    subject.state = .ended
    _ = look(work, after: 0)
    #expect(look(work, after: 9000) == again(9005))
  }

  @Test mutating func `kills one that is in its loop for a second, with half of the processor's`() {
    let loop = WorkSight(turn: 7, sequence: 10)
    #expect(look(loop, after: 0) == again(1000))
    #expect(look(loop, after: 1000, processor: 499) == again(1005))
    let verdict = look(loop, after: 1005, processor: 500)
    #expect(
      verdict == .hangs(Watchdog.Hang(lateNanoseconds: 5 * millisecond, state: .running)))
  }

  @Test mutating func `spares a loop that turns, or works at one call after the other`() {
    for number in 0..<1000 as Range<UInt64> {
      let loop = WorkSight(turn: 1 + number / 100 * 2, sequence: number)
      #expect(
        look(loop, after: 990 * number, processor: 990 * number) == again(990 * number + 1000))
    }
  }

  @Test mutating func `does not count the time in which nobody looked`() {
    let loop = WorkSight(turn: 7, sequence: 10)
    _ = look(loop, after: 0)
    #expect(look(loop, after: 900, processor: 900) == again(1000))
    watchdog.excuse(nanoseconds: 5000 * millisecond)
    #expect(look(loop, after: 5900, processor: 900) == again(6000))
    #expect(isHang(look(loop, after: 6000, processor: 1000)))
  }

  @Test(arguments: [ProcessState.sleeping, .stopped])
  mutating func `looks twice again at one that does not run, when nobody had looked for long`(
    state: ProcessState
  ) {
    let work = sight(deadlineIn: 20)
    subject.state = state
    _ = look(work, after: 0)
    watchdog.excuse(nanoseconds: 2000 * millisecond)
    #expect(look(work, after: 2020) == again(2025))
    #expect(isHang(look(work, after: 2025)))
  }

  @Test mutating func `begins anew when it is told to forget`() {
    let work = sight(deadlineIn: 20)
    _ = look(work, after: 0)
    watchdog.forget()
    #expect(look(work, after: 2000, processor: 2000) == again(2020))
  }

  @Test mutating func `spares one of whose processor's time nothing is known for five seconds`() {
    let work = sight(deadlineIn: 20)
    subject.processor = nil
    _ = watchdog.look(at: work, now: start, subject.facts)
    let early = watchdog.look(at: work, now: start + 5019 * millisecond, subject.facts)
    #expect(!isHang(early))
    #expect(isHang(watchdog.look(at: work, now: start + 5020 * millisecond, subject.facts)))
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  mutating func `bears any page, any clock and any process`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func any() -> UInt64 { generator.next() >> UInt64.random(in: 0...63, using: &generator) }
    let states: [ProcessState?] = [.running, .sleeping, .uninterruptible, .stopped, .ended, nil]
    var now = start
    for _ in 0..<500 {
      var work = WorkSight(turn: any(), sequence: any() & 3)
      if generator.next() & 1 == 0 {
        work.mark = WorkMark(.executing, deadline: any(), streamID: 1)
        work.mark?.allowanceNanoseconds = any()
      }
      subject.processor = generator.next() & 7 == 0 ? nil : any()
      subject.state = states.randomElement(using: &generator) ?? nil
      now += any() >> 24
      switch watchdog.look(at: work, now: now, subject.facts) {
      case .idle: #expect(!work.isBusy)
      case .works(let again): #expect(again > now)
      case .hangs(let hang): #expect(work.isBusy && hang.mark == work.mark)
      }
    }
  }
}

/// A board behind a reference, since an expectation takes no value that can't be copied.
private final class Board {
  let board: StatusBoard

  init() throws {
    board = try StatusBoard(
      keeperProcessID: 1, startMicroseconds: 1, startNanoseconds: 7, workerCount: 1)
  }

  var nap: UInt64 { board.nap }
}

@Suite struct `The keeper's looks` {
  private let board: Board
  private var looks = LookSchedule()

  init() throws { board = try Board() }

  @Test mutating func `come every 20 ms while somebody works`() {
    looks.end(now: start, wanted: start + 900 * millisecond, board.board)
    #expect(looks.next == start + 20 * millisecond)
  }

  @Test mutating func `come when somebody's work should be over`() {
    looks.end(now: start, wanted: start + 3 * millisecond, board.board)
    #expect(looks.next == start + 3 * millisecond)
  }

  @Test
  mutating func `cease when nobody has worked for a second, after one more with the sign out`() {
    var now = start
    for number in 1..<50 {
      looks.end(now: now, wanted: nil, board.board)
      #expect(board.nap == 0, "\(number)")
      #expect(looks.next == now + 20 * millisecond)
      now = looks.next
    }
    looks.end(now: now, wanted: nil, board.board)
    #expect(board.nap == 1)
    #expect(looks.next == now + 20 * millisecond)
    now = looks.next
    looks.end(now: now, wanted: nil, board.board)
    #expect(board.nap == 1)
    #expect(looks.next == now + 1000 * millisecond)
  }

  @Test
  mutating func `begin again at once when a worker wakes the keeper, and the next nap is another`()
  {
    for _ in 0..<60 { looks.end(now: start, wanted: nil, board.board) }
    #expect(board.nap == 1)
    looks.wake(board.board)
    #expect(board.nap == 0)
    #expect(looks.next == 0)
    for _ in 0..<60 { looks.end(now: start, wanted: nil, board.board) }
    #expect(board.nap == 2)
  }

  @Test mutating func `take in the sign when somebody is seen to work all the same`() {
    for _ in 0..<60 { looks.end(now: start, wanted: nil, board.board) }
    looks.end(now: start, wanted: start + 900 * millisecond, board.board)
    #expect(board.nap == 0)
    #expect(looks.next == start + 20 * millisecond)
  }

  @Test mutating func `that come late say so`() {
    _ = looks.begin(now: start)
    let onTime = looks.begin(now: start + 60 * millisecond)
    #expect(onTime == 0)
    let late = looks.begin(now: start + 121 * millisecond)
    #expect(late == 61 * millisecond)
  }
}
