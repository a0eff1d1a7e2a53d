internal import Glibc

/// The time of day.
enum Clock {
  /// Seconds since 1970.
  static var unixSeconds: Double {
    var time = timespec()
    // Safe: the structure is written during the call only.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
