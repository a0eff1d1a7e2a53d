/// How long to wait before the next dial.
///
/// Twice as long after each failure, up to a second, and half of it by chance, so that a thousand clients do not come back
/// at once.
struct Backoff {
  /// Dials and connections in a row that came to nothing.
  private(set) var failures = 0

  /// Somebody has answered.
  mutating func reset() { failures = 0 }

  /// Notes a failure.
  ///
  /// - Parameter random: Gives a number from 0 to its argument.
  /// - Returns: How long to wait now, in nanoseconds.
  mutating func fail(random: (UInt64) -> UInt64) -> UInt64 {
    let longest = min(Limits.longestPause, Limits.firstPause << UInt64(min(failures, 7)))
    failures += 1
    return longest / 2 + random(longest / 2)
  }
}
