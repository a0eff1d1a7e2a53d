/// A call that did not finish in its first run and waits for its next turn.
protocol QueuedCall: AnyObject {
  /// When its caller must have an answer, on the monotonic clock in nanoseconds.
  var deadline: UInt64 { get }
  /// Whether it is a batch, of which fewer may wait.
  var isBatch: Bool { get }
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

extension QueuedCall {
  var isBatch: Bool { false }
}

/// The calls of one connection that wait, a slice each in turn.
struct WaitingCalls {
  private var calls: [any QueuedCall] = []
  private var head = 0

  var isEmpty: Bool { head == calls.count }
  var count: Int { calls.count - head }
  /// How many of them are batches.
  private(set) var batches = 0

  mutating func append(_ call: any QueuedCall) {
    calls.append(call)
    if call.isBatch { batches += 1 }
  }

  mutating func popFirst() -> (any QueuedCall)? {
    guard head < calls.count else { return nil }
    let call = calls[head]
    head += 1
    if call.isBatch { batches -= 1 }
    // The taken ones are dropped in one go, so that taking one is not moving all.
    if head == calls.count || head > 64 {
      calls.removeFirst(head)
      head = 0
    }
    return call
  }

  /// When the first of them must have an answer; never when there is none.
  var nearestDeadline: UInt64 { calls[head...].reduce(.max) { min($0, $1.deadline) } }

  /// Takes out all whose deadline has come.
  mutating func removeExpired(now: UInt64) -> [any QueuedCall] {
    guard calls[head...].contains(where: { $0.deadline <= now }) else { return [] }
    let expired = calls[head...].filter { $0.deadline <= now }
    calls = calls[head...].filter { $0.deadline > now }
    head = 0
    batches = calls.count { $0.isBatch }
    return expired
  }

  /// Takes out all.
  mutating func removeAll() -> [any QueuedCall] {
    let all = Array(calls[head...])
    self = WaitingCalls()
    return all
  }
}
