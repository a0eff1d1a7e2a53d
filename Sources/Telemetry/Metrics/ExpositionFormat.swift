/// The forms in which metrics are written.
public enum ExpositionFormat: CaseIterable, Sendable {
  /// Prometheus's text format 0.0.4.
  case prometheusText
  /// OpenMetrics 1.0.
  case openMetrics

  /// What HTTP calls it.
  public var contentType: String {
    switch self {
    case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }
}
