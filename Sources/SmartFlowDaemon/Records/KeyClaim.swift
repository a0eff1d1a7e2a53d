internal import WorkerLink

/// An idempotency key that a call has, and the calls that wait for what becomes of it.
struct KeyClaim: Equatable {
  /// A call of a worker's.
  struct Waiter: Equatable {
    var channel: UInt64
    var request: UInt64
  }

  /// The hash of what is asked for.
  var asked: Digest
  /// The process whose call has it.
  var generation: UInt64
  /// Whether that process is gone.
  var isOrphaned = false
  var waiters: [Waiter] = []
}
