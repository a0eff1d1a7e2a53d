/// A call that did not finish in its first slice and waits for its next turn.
protocol QueuedCall: AnyObject {
  /// When its caller must have an answer, on the monotonic clock in nanoseconds.
  var deadline: UInt64 { get }
  /// Whether its connection is still there; nobody waits for the answer of one that is not.
  var isWanted: Bool { get }
  /// Runs until it is done or the clock reaches `end`.
  ///
  /// - Returns: Whether it is done, its answer written.
  func runSlice(until end: UInt64, in worker: Worker) -> Bool
  /// Answers `DEADLINE_EXCEEDED`, wherever it stands.
  func expire(now: UInt64, in worker: Worker)
  /// Answers `UNAVAILABLE`, wherever it stands: the worker ends.
  func cutShort(in worker: Worker)
  /// Gives back what it holds, its caller being gone.
  func abandon(in worker: Worker)
}

/// Calls that take turns, a slice each.
struct RunQueue {
  private var calls: [any QueuedCall] = []
  private var head = 0

  var isEmpty: Bool { head == calls.count }
  var count: Int { calls.count - head }

  mutating func append(_ call: any QueuedCall) { calls.append(call) }

  mutating func popFirst() -> (any QueuedCall)? {
    guard head < calls.count else { return nil }
    let call = calls[head]
    head += 1
    // The taken ones are dropped in one go, so that taking one is not moving all.
    if head == calls.count || head > 1024 {
      calls.removeFirst(head)
      head = 0
    }
    return call
  }

  /// Takes out all whose deadline has come, or whose caller has gone.
  mutating func removeFinished(now: UInt64) -> [any QueuedCall] {
    guard (head..<calls.count).contains(where: { isOver(calls[$0], now) }) else { return [] }
    let over = calls[head...].filter { isOver($0, now) }
    calls = calls[head...].filter { !isOver($0, now) }
    head = 0
    return over
  }

  private func isOver(_ call: any QueuedCall, _ now: UInt64) -> Bool {
    call.deadline <= now || !call.isWanted
  }
}
