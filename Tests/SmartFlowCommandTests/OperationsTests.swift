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

  @Test func `finds the admin socket as the others do`() throws {
    for verb in [["status"], ["metrics"], ["log-level"], ["quarantine"], ["quarantine", "list"]] {
      let named = try smartflow(
        verb, variables: ["SMARTFLOW_ADMIN_ENDPOINT": "unix:" + daemon.adminSocketPath])
      #expect(named.status == 0, "\(verb) \(named.errors)")
      // Beside the data socket `s.sock` it would be `s-admin.sock`, which is not there.
      let beside = try smartflow(verb, endpoint: "unix:" + daemon.socketPath)
      #expect(beside.status == 69, "\(verb) \(beside.errors)")
      #expect(beside.errors.contains("s-admin.sock"), "\(beside.errors)")
      let abstract = try smartflow(verb, endpoint: "unix-abstract:x")
      #expect(abstract.status == 64)
      #expect(abstract.errors.contains("give --endpoint"), "\(abstract.errors)")
    }
  }

  @Test func `shows what the daemon is configured to be, and who said so`() throws {
    let text = try command("status", "--config")
    #expect(text.status == 0, "\(text.errors)")
    let lines = text.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.contains(["workers", "1", "--workers"]))
    #expect(lines.contains(["max-streams", "256", "default"]))
    let json = try command("status", "--config", "--json").output
    let values = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [String: String]])
    #expect(values["workers"] == ["value": "1", "source": "flag", "place": "--workers"])
    #expect(values["state-directory"]?["place"] == "SMARTFLOW_STATE_DIRECTORY")
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
