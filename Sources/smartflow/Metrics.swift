internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow metrics`: the daemon's counters, as a monitoring system reads them.
struct Metrics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the counters of all workers, as they are at this moment.",
    discussion: """
      What each metric means is in contrib/docs/metrics.md. Over HTTP they are served by \
      smartflow-gateway. Asks the admin socket.
      """)

  /// How metrics are written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case prometheus
    case openmetrics

    var wire: GetMetricsRequest.Format { self == .prometheus ? .prometheusText : .openMetrics }
  }

  @Option(help: "prometheus, the text format 0.0.4, or openmetrics, 1.0.")
  var format = Format.prometheus

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print one JSON object a sample instead: its name, its labels and its value.")
  var json = false

  func run() async throws {
    try await reporting {
      let response = try await connection.call(GetMetricsRequest(format: format.wire))
      guard json else { return Terminal.print(response.text) }
      let text = String(decoding: response.text, as: UTF8.self)
      let samples = text.split(separator: "\n").compactMap { MetricSample(line: $0) }
      Terminal.print(samples.map { $0.report.compactText }.joined(separator: "\n"))
    }
  }
}
