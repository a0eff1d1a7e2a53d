internal import SmartFlowMessages

/// Which of the two text formats a scraper wants.
///
/// - Source: RFC 9110, 12.5.1; Prometheus sends OpenMetrics first, then text, then anything.
enum AcceptHeader {
  /// The format to answer in: OpenMetrics for whoever names it and wants it no less than the other.
  static func format(_ header: String?) -> GetMetricsRequest.Format {
    guard let header, header.utf8.count <= Limits.acceptBytes else { return .prometheusText }
    var openMetrics: Double?
    var text: Double?
    for range in header.split(separator: ",") {
      let parts = range.split(separator: ";").map { trimmed($0).lowercased() }
      guard let type = parts.first else { continue }
      var quality = 1.0
      var version: String?
      for parameter in parts.dropFirst() {
        if parameter.hasPrefix("q=") { quality = Double(parameter.dropFirst(2)) ?? 0 }
        if parameter.hasPrefix("version=") { version = unquoted(parameter.dropFirst(8)) }
      }
      switch type {
      // 0.0.1 was a draft.
      case "application/openmetrics-text" where version == nil || version == "1.0.0":
        openMetrics = max(openMetrics ?? 0, quality)
      case "text/plain" where version == nil || version == "0.0.4":
        text = max(text ?? 0, quality)
      default: continue
      }
    }
    guard let openMetrics, openMetrics > 0 else { return .prometheusText }
    return openMetrics >= text ?? 0 ? .openMetrics : .prometheusText
  }

  private static func trimmed(_ text: Substring) -> String {
    String(
      text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static func unquoted(_ text: Substring) -> String { text.filter { $0 != "\"" } }
}
