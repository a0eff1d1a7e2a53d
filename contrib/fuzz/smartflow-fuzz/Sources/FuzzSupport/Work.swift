internal import Glibc

/// What a piece of work took of the processor's time, however busy the machine.
public enum Work {
  /// Runs `body` and holds its time against what it says it cost.
  ///
  /// A unit of fuel is a few nanoseconds of a release build; the sanitizer takes ten times that, and
  /// a hundred times more is work that nobody paid for. What seems too long is done again, since a
  /// first run has pages to fault in.
  ///
  /// - Parameters:
  ///   - name: What it is, for the complaint.
  ///   - body: The work; it gives its result and the units that it cost.
  /// - Returns: The result.
  public static func paid<Result>(
    _ name: String, _ body: () -> (result: Result, fuel: Int)
  ) -> Result {
    var attempts = 3
    while true {
      let start = nanoseconds()
      let (result, fuel) = body()
      let used = nanoseconds() - start
      if isUntimed || used <= free + UInt64(max(fuel, 0)) * perUnit { return result }
      attempts -= 1
      require(attempts > 0, "\(name) took \(used / 1_000_000) ms for \(fuel) units of fuel")
    }
  }

  /// Time that needs no fuel, in nanoseconds.
  private static let free: UInt64 = 40_000_000
  /// Time that a unit of fuel pays for, in nanoseconds.
  private static let perUnit: UInt64 = 2_000

  /// Set by `SMARTFLOW_FUZZ_UNTIMED`: a build that is not optimised takes longer than any of this allows.
  private static let isUntimed = unsafe getenv("SMARTFLOW_FUZZ_UNTIMED") != nil

  private static func nanoseconds() -> UInt64 {
    var time = timespec()
    // Safe: the call writes the time and keeps nothing.
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
