internal import UnixSocket

/// Calls whose answer needs the keeper: asked over the control channel, and answered over it.
struct CallsAtKeeper {
  private var calls: [(request: UInt64, call: Call, subject: String)] = []
  private var lastRequest: UInt64 = 0

  var isEmpty: Bool { calls.isEmpty }
  var isFull: Bool { calls.count >= Limits.callsAtKeeper }

  /// How long the loop may wait before one of them is too late.
  var waitMilliseconds: Int32 {
    let nearest = calls.reduce(UInt64.max) { min($0, $1.call.deadline) }
    let now = SystemClock.monotonicNanoseconds
    return nearest > now ? Int32(clamping: min((nearest - now) / 1_000_000 + 1, 1000)) : 0
  }

  /// Takes a call in.
  ///
  /// - Parameters:
  ///   - call: Whom to answer.
  ///   - subject: What it is about, for the answer.
  /// - Returns: The number that the keeper will answer to.
  mutating func add(_ call: Call, subject: String) -> UInt64 {
    lastRequest += 1
    calls.append((lastRequest, call, subject))
    return lastRequest
  }

  /// Takes the call out that the keeper has answered, unless it is gone.
  mutating func remove(_ request: UInt64) -> (call: Call, subject: String)? {
    guard let index = calls.firstIndex(where: { $0.request == request }) else { return nil }
    let (_, call, subject) = calls.remove(at: index)
    return (call, subject)
  }

  /// Takes out all whose deadline has come.
  mutating func removeExpired(now: UInt64) -> [Call] {
    guard calls.contains(where: { $0.call.deadline <= now }) else { return [] }
    let expired = calls.filter { $0.call.deadline <= now }.map(\.call)
    calls.removeAll { $0.call.deadline <= now }
    return expired
  }
}
