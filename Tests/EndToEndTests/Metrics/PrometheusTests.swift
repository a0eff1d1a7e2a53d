import Foundation
import TestSupport
import Testing

@Suite(
  .enabled(if: Promtool.isInstalled, "Prometheus is not installed (Debian: prometheus)"))
struct `Prometheus` {
  private static func execute(_ daemon: DaemonProcess, times: Int) throws {
    for _ in 0..<times {
      let answer = try RawConnection(path: daemon.socketPath).call(
        Wire.executeTree(stream: 1, tree: #"{"type":"GrantBonus","parameters":{"amount":5}}"#))
      #expect(answer.code == 0)
    }
  }

  @Test func `finds nothing to say against the names and the text`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let gateway = try GatewayProcess(daemon: daemon)
    try Self.execute(daemon, times: 3)
    let text = try gateway.get("/metrics").body
    #expect(text.contains("smartflow_rpc_server_duration_seconds_count"))
    let (status, words) = try Promtool.run(["check", "metrics"], input: text)
    #expect(status == 0, "\(words)")
    #expect(words == "")
    // That it would say something is shown by what is wrong.
    let (wrong, _) = try Promtool.run(["check", "metrics"], input: "# TYPE a counter\na 1\n")
    #expect(wrong != 0)
  }

  @Test func `scrapes the gateway, and knows what was executed`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let gateway = try GatewayProcess(daemon: daemon)
    let prometheus = try PrometheusServer(target: gateway.address)
    try Self.execute(daemon, times: 7)
    let requests =
      #"smartflow_rpc_server_requests_total{method=~".*/ExecuteTree",code="OK"}"#
    #expect(try prometheus.comes(requests, to: 7), "\(prometheus.log())")
    for (expression, value) in [
      (#"smartflow_actions_total{type="GrantBonus",status="ACCEPTED"}"#, 7),
      (#"sum(smartflow_workers{state="serving"})"#, 2), ("up{job=\"smartflow\"}", 1),
      // Buckets of a method are one histogram, in which every call is.
      (
        #"smartflow_rpc_server_duration_seconds_bucket{method=~".*/ExecuteTree",le="+Inf"}"#, 7
      ),
      ("count(smartflow_build_info)", 1),
    ] {
      #expect(try prometheus.comes(expression, to: value), "\(expression)")
    }
    // It asked for OpenMetrics, by which alone it knows since when is counted.
    #expect(
      try prometheus.comes(#"count(smartflow_tree_cache_hits_created)"#, to: 1))
  }
}
