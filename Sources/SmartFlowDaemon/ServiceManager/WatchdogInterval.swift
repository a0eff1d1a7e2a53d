/// How often a service manager wants to hear that the daemon lives; sd_watchdog_enabled(3).
struct WatchdogInterval: Equatable {
  /// Half of what the service manager waits, in nanoseconds.
  let nanoseconds: UInt64

  /// Reads the two variables, or gives `nil` when nobody wants to hear anything, or of another process.
  ///
  /// - Parameters:
  ///   - microseconds: `WATCHDOG_USEC`.
  ///   - process: `WATCHDOG_PID`: whom it is about; whoever reads it, where it is not there.
  ///   - processID: This process.
  init?(microseconds: String?, process: String?, processID: Int32) {
    guard let microseconds, let count = UInt64(microseconds), count > 0,
      // Longer than this nobody waits, and the sum of times stays far from overflow.
      count < 1 << 50
    else { return nil }
    if let process, Int32(process) != processID { return nil }
    nanoseconds = count * 1000 / 2
  }
}
