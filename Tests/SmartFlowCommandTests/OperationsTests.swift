import Foundation
import TestSupport
import Testing

@Suite struct `smartflow for operators` {
  private let daemon: DaemonProcess

  init() throws { daemon = try DaemonProcess(workers: 1) }

  private func command(
    _ arguments: String...
  ) throws -> (status: Int32, output: String, errors: String) {
    try smartflow(
      arguments + ["--timeout", "5s", "--endpoint", "unix://" + daemon.adminSocketPath])
  }

  @Test func `prints metrics in either format, and a sample a line for programs`() throws {
    let text = try command("metrics")
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("\nsmartflow_workers{state=\"serving\"} 1\n"))
    let open = try command("metrics", "--format", "openmetrics")
    #expect(open.output.hasSuffix("\n# EOF\n"))
    let samples = try command("metrics", "--json").output.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    let serving = samples.first {
      $0["name"] as? String == "smartflow_workers"
        && $0["labels"] as? [String: String] == ["state": "serving"]
    }
    #expect(serving?["value"] as? Double == 1)
    #expect(try command("metrics", "--format", "xml").status == 64)
    let data = try smartflow(
      ["metrics", "--timeout", "5s", "--endpoint", "unix://" + daemon.socketPath])
    #expect(data.status == 77)
  }

  @Test func `shows and changes the level of the log`() throws {
    #expect(try command("log-level").output == "info\n")
    #expect(try command("log-level", "warning").output == "warning\n")
    let forNow = try command("log-level", "debug", "--for", "10m")
    #expect(forNow.output.contains(#/^debug, for \d+ s at most, then warning\n$/#))
    let json = try command("log-level", "--json").output
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(answer["level"] as? String == "debug")
    #expect(answer["usual"] as? String == "warning")
    for wrong in [["loud"], ["unspecified"], ["debug", "--for", "8d"], ["--for", "10m"]] {
      let result = try smartflow(
        ["log-level"] + wrong + ["--endpoint", "unix://" + daemon.adminSocketPath])
      #expect(result.status == 64, "\(wrong)")
    }
  }

  @Test func `drains the daemon, and comes back when it has ended`() throws {
    let result = try command("drain", "--wait", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(answer["hasEnded"] as? Bool == true)
    #expect(answer["keeperPid"] as? Int == Int(daemon.processID))
    #expect(try daemon.end(within: .seconds(1)) == 0)
  }
}
