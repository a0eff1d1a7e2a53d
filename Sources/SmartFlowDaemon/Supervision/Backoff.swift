/// How long to wait before a worker is started again.
///
/// One that lived long is started at once; each that dies young doubles the wait, up to a second.
struct Backoff: Equatable {
  /// A worker that lived shorter died young.
  static let youngNanoseconds: UInt64 = 1_000_000_000
  private static let firstNanoseconds: UInt64 = 10_000_000
  private static let longestNanoseconds: UInt64 = 1_000_000_000

  /// Young deaths in a row.
  private(set) var youngDeaths = 0

  /// Notes a death, and says how long to wait.
  mutating func delayNanoseconds(afterLiving lifeNanoseconds: UInt64) -> UInt64 {
    guard lifeNanoseconds < Self.youngNanoseconds else {
      youngDeaths = 0
      return 0
    }
    youngDeaths += 1
    guard youngDeaths > 1 else { return 0 }
    return min(
      Self.longestNanoseconds, Self.firstNanoseconds << UInt64(min(youngDeaths - 2, 10)))
  }
}
