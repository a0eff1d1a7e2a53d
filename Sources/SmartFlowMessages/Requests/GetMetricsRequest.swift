/// Asks for the counters of all workers.
public struct GetMetricsRequest: RequestMessage, Equatable {
  /// How the answer is to be written.
  public enum Format: Int32, Sendable {
    /// The same as ``prometheusText``.
    case unspecified = 0
    /// Prometheus' text format 0.0.4.
    case prometheusText = 1
    /// OpenMetrics 1.0.
    case openMetrics = 2
  }

  /// What answers it.
  public typealias Response = GetMetricsResponse
  /// The method that takes it.
  public static var method: Method { .getMetrics }

  /// How the answer is to be written; `nil` of a format that this version does not know.
  public var format: Format?

  /// Makes a request.
  public init(format: Format? = .unspecified) { self.format = format }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.integer(1, signed: Int64(format?.rawValue ?? 0), to: &output)
  }
}
