internal import UnixSocket

/// What the service manager is told, and when.
extension Keeper {
  private var statusText: String {
    slots.count == 1 ? "1 worker serves" : "\(slots.count) workers serve"
  }

  /// Whether any worker answers.
  private var isAlive: Bool {
    // A drain comes to its end without workers.
    drainEnds != nil || slots.contains { $0.running != nil && $0.isReady && $0.hang == nil }
  }

  func tellReady() {
    service.ready(statusText, now: SystemClock.monotonicNanoseconds)
  }

  /// The workers' replacement has begun; before the first workers serve there is nothing to reload.
  func tellReloading() {
    guard isServing else { return }
    replacement.isAnnounced = true
    service.reloading("Replacing workers", now: SystemClock.monotonicNanoseconds)
  }

  func tellStopping() {
    replacement.isAnnounced = false
    service.stopping("Draining")
  }

  /// Says what is due at the end of a turn: that a replacement is over, and that the daemon lives.
  func keepServiceManagerInformed(now: UInt64) {
    if replacement.isAnnounced, replacement.isOver {
      replacement.isAnnounced = false
      tellReady()
    }
    service.keepAlive(now: now, isAlive: isAlive)
  }
}
