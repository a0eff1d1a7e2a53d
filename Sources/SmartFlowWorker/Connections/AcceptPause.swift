/// A time in which no connection is accepted, since there is no descriptor to spare.
///
/// The listening socket goes on to be readable, so looking again at once would take all of the processor's time.
struct AcceptPause {
  /// When to try again, on the monotonic clock in nanoseconds; `nil` while there is no pause.
  private(set) var end: UInt64?
  /// Whether the last attempt failed, so that the log has a line for each time and not for each attempt.
  private var isTold = false

  /// Begins a pause, or makes one longer.
  ///
  /// - Returns: Whether it is the first since a connection was accepted.
  mutating func begin(now: UInt64) -> Bool {
    end = now + Limits.acceptPauseNanoseconds
    defer { isTold = true }
    return !isTold
  }

  /// Notes that a connection was accepted.
  ///
  /// - Returns: Whether that ends a time without descriptors.
  mutating func noteAccepted() -> Bool {
    defer { isTold = false }
    return isTold
  }

  /// Whether it is time to try again; said once.
  mutating func isOver(now: UInt64) -> Bool {
    guard let end, now >= end else { return false }
    self.end = nil
    return true
  }
}
