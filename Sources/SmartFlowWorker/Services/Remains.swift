internal import DecisionEngine
internal import UnixSocket

/// What is left of large trees that nobody uses any more; given back between turns, a little each time.
final class Remains: Sendable {
  private let waiting = Locked<[TreeRemains]>([])

  /// Whether there is nothing to give back.
  var isEmpty: Bool { waiting.withLock { $0.isEmpty } }

  /// Takes what is left of one.
  @Sendable func take(_ remains: TreeRemains) { waiting.withLock { $0.append(remains) } }

  /// Goes on giving back until the clock reaches `end`.
  func giveBack(until end: UInt64) {
    while var remains = waiting.withLock({ $0.popLast() }) {
      while remains.step() {
        guard SystemClock.monotonicNanoseconds < end else { return take(remains) }
      }
    }
  }
}
