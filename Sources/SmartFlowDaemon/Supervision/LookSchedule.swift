internal import UnixSocket
internal import WorkerLink

/// When the keeper looks at its workers: often while they work, not at all while none does.
///
/// Before it naps it hangs out a sign, and looks once more after a time in which every processor has seen the
/// sign: so no worker that began to work before it saw the sign is missed, and no worker needs a fence for it.
/// A worker that begins to work and sees the sign wakes the keeper.
struct LookSchedule {
  /// When to look, on the monotonic clock in nanoseconds.
  private(set) var next: UInt64 = 0
  private var last: UInt64 = 0
  private var idleLooks = 0
  private var naps: UInt64 = 0

  /// Begins a look.
  ///
  /// - Returns: How much of the time since the last look does not count, since it comes so late; in nanoseconds.
  mutating func begin(now: UInt64) -> UInt64 {
    defer { last = now }
    return now > last + SupervisionLimits.lateLookNanoseconds ? now - last : 0
  }

  /// Ends a look, and says when the next one is due.
  ///
  /// - Parameters:
  ///   - now: The monotonic clock, in nanoseconds.
  ///   - wanted: When somebody's work should be over; `nil` when nobody works.
  ///   - board: Where the sign is hung out.
  mutating func end(now: UInt64, wanted: UInt64?, _ board: borrowing StatusBoard) {
    let usual = now + SupervisionLimits.lookNanoseconds
    if let wanted {
      wake(board)
      next = min(usual, wanted)
      return
    }
    idleLooks = min(idleLooks + 1, SupervisionLimits.idleLooks + 1)
    switch idleLooks {
    case SupervisionLimits.idleLooks:
      naps += 1
      board.nap = naps
      next = usual
    case ..<SupervisionLimits.idleLooks: next = usual
    default: next = now + SupervisionLimits.napNanoseconds
    }
  }

  /// Ends a nap; the next look is at once.
  mutating func wake(_ board: borrowing StatusBoard) {
    if board.nap != 0 { board.nap = 0 }
    idleLooks = 0
    next = 0
  }
}
