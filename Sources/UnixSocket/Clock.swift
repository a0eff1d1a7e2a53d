internal import CLinux
internal import Glibc

/// The kernel's clocks.
public enum SystemClock {
  /// Nanoseconds of the clock that never steps.
  public static var monotonicNanoseconds: UInt64 {
    let time = read(CLOCK_MONOTONIC)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Nanoseconds that the calling thread has had of a processor; unlike the others, this takes a system call.
  public static var processorNanoseconds: UInt64 {
    let time = read(CLOCK_THREAD_CPUTIME_ID)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Microseconds since 1970, of the clock that people set.
  public static var wallMicroseconds: Int64 {
    let time = read(CLOCK_REALTIME)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// The same, zero where that clock is before 1970.
  public static var microsecondsSince1970: UInt64 { UInt64(max(0, wallMicroseconds)) }

  /// Whole milliseconds from now until an instant of the monotonic clock, and one more, so that it has come after them;
  /// none once it has.
  public static func milliseconds(until instant: UInt64) -> UInt64 {
    let now = monotonicNanoseconds
    return instant > now ? (instant - now) / 1_000_000 + 1 : 0
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    // Safe: the structure is written during the call only; these clocks are always there.
    unsafe clock_gettime(clock, &time)
    return time
  }
}

/// The kernel's random numbers.
public enum SystemRandom {
  /// Fills all of `bytes`; waits only on a machine that has just started.
  public static func fill(_ bytes: inout [UInt8]) {
    var filled = 0
    while filled < bytes.count {
      // Safe: the range lies inside the buffer, which is used during the call only.
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe clinux_random($0.baseAddress?.advanced(by: filled), $0.count - filled)
      }
      precondition(count >= 0 || errno == EINTR, "getrandom: \(errno)")
      if count > 0 { filled += count }
    }
  }
}
