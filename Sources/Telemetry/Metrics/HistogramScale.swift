/// The buckets of a histogram: whole numbers of a unit that is small enough for all of them.
public struct HistogramScale: Equatable, Sendable {
  /// The upper bounds, rising; what is above the last is in a bucket of its own.
  public let bounds: [UInt64]
  /// How many decimals of the metric's unit one is: 9 where nanoseconds are counted and seconds are written.
  public let decimals: Int

  /// How many buckets there are.
  public var bucketCount: Int { bounds.count + 1 }

  /// Nanoseconds from 1 µs, less than any call takes, to 5 s, the longest deadline by default.
  ///
  /// Three to a decade: a quantile that is read off them is at most 2.5 times what it was.
  public static let duration = HistogramScale(
    bounds: [
      1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
      5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
      1_000_000_000, 2_500_000_000, 5_000_000_000,
    ], decimals: 9)

  /// Units of fuel, to the limit of an execution by default.
  public static let fuel = HistogramScale(
    bounds: [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
    decimals: 0)

  /// The bucket of an observation: the first whose bound is not less.
  public func bucket(of value: UInt64) -> Int {
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= bounds[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
