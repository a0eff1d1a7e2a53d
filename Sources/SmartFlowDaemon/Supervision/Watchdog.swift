internal import UnixSocket
internal import WorkerLink

/// What tells a worker that hangs from one that works: the watchdog's judgement of one worker.
///
/// It goes by the worker's marks, which a worker may spoil at will and so get itself killed or not, and by
/// what the kernel says of the process, which it can not. Time is an argument.
struct Watchdog {
  /// What a look came to.
  enum Verdict: Equatable {
    /// Nothing is in hand.
    case idle
    /// Something is; look again then.
    case works(lookAgain: UInt64)
    /// It does not come to an end.
    case hangs(Hang)
  }

  /// Why a worker is taken to hang.
  struct Hang: Equatable {
    /// What was in hand; `nil` when it was nothing that has a deadline.
    var mark: WorkMark?
    /// How long it should have been over, in nanoseconds.
    var lateNanoseconds: UInt64
    /// What the kernel said of it; `nil` when it said nothing.
    var state: ProcessState?
  }

  /// What the kernel says of a process; asked only when it matters.
  struct Facts {
    /// Processor time that it has used, in nanoseconds.
    var processorNanoseconds: () -> UInt64?
    /// What it is about.
    var state: () -> ProcessState?
  }

  /// A piece of work that has not changed since it was first seen.
  private struct Piece {
    var turn: UInt64
    var sequence: UInt64
    var since: UInt64
    /// Processor time when it was first seen, and at the last look.
    var processorAtFirst: UInt64?
    var processorBefore: UInt64?
  }

  /// The longest deadline that a call can have, in nanoseconds; a mark that names a later one lies.
  let maximumTimeoutNanoseconds: UInt64
  private var piece: Piece?

  init(maximumTimeoutNanoseconds: UInt64) {
    self.maximumTimeoutNanoseconds = maximumTimeoutNanoseconds
  }

  /// Takes nothing that was seen before into account any more: the process is another.
  mutating func forget() { piece = nil }

  /// Leaves time out of account in which the keeper did not look, and the worker may have fared no better.
  mutating func excuse(nanoseconds: UInt64) {
    piece?.since += nanoseconds
    piece?.processorBefore = nil
  }

  /// Judges what is seen now.
  mutating func look(at sight: WorkSight, now: UInt64, _ facts: Facts) -> Verdict {
    guard sight.isBusy else {
      piece = nil
      return .idle
    }
    guard var known = piece, known.turn == sight.turn, known.sequence == sight.sequence else {
      let processor = facts.processorNanoseconds()
      piece = Piece(
        turn: sight.turn, sequence: sight.sequence, since: now, processorAtFirst: processor,
        processorBefore: processor)
      return .works(lookAgain: end(of: sight.mark, since: now))
    }
    let end = end(of: sight.mark, since: known.since)
    let processor = facts.processorNanoseconds()
    defer {
      known.processorBefore = processor
      piece = known
    }
    guard now >= end else { return .works(lookAgain: end) }
    let late = now - end + (sight.mark == nil ? 0 : SupervisionLimits.graceNanoseconds)
    let state = facts.state()
    guard isToBlame(known, sight.mark, state, processor, lateNanoseconds: late) else {
      return .works(lookAgain: now + SupervisionLimits.closeLookNanoseconds)
    }
    return .hangs(Hang(mark: sight.mark, lateNanoseconds: late, state: state))
  }

  /// When a piece of work that was first seen at `since` should be over, the grace included.
  private func end(of mark: WorkMark?, since: UInt64) -> UInt64 {
    guard let mark else { return since + SupervisionLimits.loopNanoseconds }
    let deadline = min(mark.deadline, since + maximumTimeoutNanoseconds)
    return max(deadline, since + Self.allowance(mark)) + SupervisionLimits.graceNanoseconds
  }

  private static func allowance(_ mark: WorkMark) -> UInt64 {
    min(mark.allowanceNanoseconds, SupervisionLimits.allowanceNanoseconds)
  }

  /// Whether it is the worker's own doing that it is late, and not the machine's.
  private func isToBlame(
    _ piece: Piece, _ mark: WorkMark?, _ state: ProcessState?, _ processor: UInt64?,
    lateNanoseconds: UInt64
  ) -> Bool {
    let isLateByFar = lateNanoseconds >= SupervisionLimits.uninterruptibleNanoseconds
    switch state {
    case .sleeping, .stopped:
      // Nothing in a worker waits but for events, and then nothing is in hand. Not a nanosecond of the
      // processor since the last look says that it has not just fallen asleep, or is about to be woken.
      guard let processor else { return isLateByFar }
      return processor == piece.processorBefore
    case .running:
      guard let processor, let first = piece.processorAtFirst else { return isLateByFar }
      let needed =
        mark.map { SupervisionLimits.processorNanoseconds + Self.allowance($0) }
        ?? SupervisionLimits.loopProcessorNanoseconds
      return processor >= first && processor - first >= needed
    case .uninterruptible, nil: return isLateByFar
    case .ended: return false
    }
  }
}
