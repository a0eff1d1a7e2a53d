/// How much is taken into the audit at once: little, so that a worker on the same processor hardly waits, and more as
/// long as that is not enough.
struct IntakePace {
  private(set) var bytesPerPass = ServiceLimits.bytesPerPass
  private var passesBehind = 0

  /// Notes that a pass has ended, and whether it has left something behind.
  mutating func note(hasMore: Bool) {
    guard hasMore else {
      self = IntakePace()
      return
    }
    passesBehind += 1
    guard passesBehind >= ServiceLimits.passesBehind else { return }
    passesBehind = 0
    bytesPerPass = min(2 * bytesPerPass, ServiceLimits.maximumBytesPerPass)
  }
}
