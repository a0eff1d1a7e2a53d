/// One series of a metric, at one moment.
public struct MetricPoint: Equatable, Sendable {
  /// What it says.
  public enum Value: Equatable, Sendable {
    /// A whole number.
    case whole(UInt64)
    /// A number of so many decimals: `(1_500, 3)` is 1.5.
    case decimal(UInt64, decimals: Int)
    /// Observations by bucket, not added up, and the sum of them in the scale's own unit.
    case histogram(HistogramScale, counts: [UInt64], sum: UInt64)
  }

  /// The values of the family's labels, in their order.
  public let labels: [String]
  /// What it says.
  public let value: Value

  /// Makes the only point of a family without labels.
  public init(_ value: Value) { self.init([], value) }

  /// Makes a point.
  public init(_ labels: [String], _ value: Value) {
    self.labels = labels
    self.value = value
  }
}
