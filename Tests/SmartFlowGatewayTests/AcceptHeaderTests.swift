import SmartFlowMessages
import Testing

@testable import SmartFlowGateway

@Suite struct `An Accept header` {
  @Test(
    arguments: [
      // As Prometheus 2.42 sends it.
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "application/openmetrics-text", "Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.1",
      "text/plain;q=0.5, application/openmetrics-text;version=1.0.0;q=0.5",
    ])
  func `that names OpenMetrics gets it`(header: String) {
    #expect(AcceptHeader.format(header) == .openMetrics)
  }

  @Test(
    arguments: [
      nil, "", "*/*", "text/html,*/*;q=0.8", "text/plain", "application/openmetrics-text;q=0",
      "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;version=2.0.0",
      "application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.5",
      "application/openmetrics-text;q=nonsense", ",;,=;q", String(repeating: "a,", count: 10_000),
    ])
  func `of anything else gets Prometheus's text`(header: String?) {
    #expect(AcceptHeader.format(header) == .prometheusText)
  }
}
