/// Whether the loop, once it has nothing to do, looks for more for a moment before it sleeps.
///
/// A client with many calls in flight sends the next ones as soon as it has read its answers. Who sleeps meanwhile is
/// woken for them, and wakes the client in turn: on a virtual machine that costs as much as a few decisions. It is worth
/// it where several calls came at once from one connection, and only where it was worth it the last time: each time that
/// nothing comes, twice as many turns go by before the next attempt, so that it costs next to nothing where it does not
/// help. Of many connections with a call each more come at once the later they are asked for, so that sleep is better.
struct Lookout {
  /// Turns that go by before the next attempt.
  private var pause = 0
  private var longestPause = 1

  /// Whether to look, after a turn.
  ///
  /// - Parameters:
  ///   - calls: How many it answered.
  ///   - events: How many events it began with.
  /// - Returns: Whether it is worth it.
  mutating func isDue(afterCalls calls: UInt64, of events: Int) -> Bool {
    guard events > 0, calls >= Limits.lookoutCalls * UInt64(events) else { return false }
    guard pause == 0 else {
      pause -= 1
      return false
    }
    return true
  }

  /// Notes whether something came.
  mutating func note(hasFound: Bool) {
    guard !hasFound else {
      longestPause = 1
      return
    }
    pause = longestPause
    longestPause = min(2 * longestPause, Limits.lookoutPause)
  }
}
