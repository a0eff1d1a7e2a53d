internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// Calls whose answer needs the keeper: asked over the control channel, and answered over it.
struct CallsAtKeeper {
  /// What was asked for, as far as the answer needs it.
  enum Subject {
    /// To let the tree of this digest run again.
    case lift(digest: String)
    /// The sum of all counters, to be written so.
    case metrics(ExpositionFormat)
    /// Another level of the log than this one.
    case logLevel(previous: LogLevel)
    /// A drain.
    case drain
  }

  private var calls: [(request: UInt64, call: Call, subject: Subject)] = []
  private var lastRequest: UInt64 = 0

  var isEmpty: Bool { calls.isEmpty }
  var isFull: Bool { calls.count >= Limits.callsAtKeeper }

  /// How long the loop may wait before one of them is too late.
  var waitMilliseconds: Int32 {
    let nearest = calls.reduce(UInt64.max) { min($0, $1.call.deadline) }
    return Int32(min(SystemClock.milliseconds(until: nearest), 1000))
  }

  /// Takes a call in.
  ///
  /// - Parameters:
  ///   - call: Whom to answer.
  ///   - subject: What it is about, for the answer.
  /// - Returns: The number that the keeper will answer to.
  mutating func add(_ call: Call, subject: Subject) -> UInt64 {
    lastRequest += 1
    calls.append((lastRequest, call, subject))
    return lastRequest
  }

  /// Takes the call out that the keeper has answered, unless it is gone.
  mutating func remove(_ request: UInt64) -> (call: Call, subject: Subject)? {
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
