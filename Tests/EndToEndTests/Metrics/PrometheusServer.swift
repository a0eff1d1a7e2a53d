import Foundation
import TestSupport

/// A real Prometheus that scrapes one target, once a second, into a folder of its own.
final class PrometheusServer {
  struct NotReady: Error, CustomStringConvertible { var description: String }

  private let folder: TemporaryFolder
  private let process = Process()
  /// Where it answers questions.
  private(set) var url = ""

  init(target: String) throws {
    folder = try TemporaryFolder()
    let configuration = """
      global:
        scrape_interval: 1s
      scrape_configs:
        - job_name: smartflow
          static_configs:
            - targets: ['\(target)']
      """
    try Data(configuration.utf8).write(to: URL(filePath: folder.path("prometheus.yml")))
    let logPath = folder.path("log")
    try Data().write(to: URL(filePath: logPath))
    process.executableURL = URL(filePath: Promtool.serverPath)
    process.arguments = [
      "--config.file=" + folder.path("prometheus.yml"),
      "--storage.tsdb.path=" + folder.path("data"), "--web.listen-address=127.0.0.1:0",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: logPath)
    try process.run()
    // The line that tells the port which the system chose.
    let pattern = /address=(?<address>127\.0\.0\.1:[1-9][0-9]*)/
    let isReady = waitUntil(within: .seconds(60)) {
      !self.process.isRunning || self.log().firstMatch(of: pattern) != nil
    }
    let said = log()
    guard isReady, let match = said.firstMatch(of: pattern) else {
      kill()
      throw NotReady(description: "Prometheus did not become ready; it wrote: \(said)")
    }
    url = "http://\(match.address)"
  }

  deinit { kill() }

  func log() -> String {
    (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? ""
  }

  /// What an expression is now, a line a series: `{} => 3 @[1700000000]`.
  func query(_ expression: String) throws -> [String] {
    let (status, text) = try Promtool.run(["query", "instant", url, expression])
    return status == 0 ? text.split(separator: "\n").map { String($0) } : []
  }

  /// Asks again and again until an expression is a number.
  func comes(_ expression: String, to value: Int) throws -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      if try query(expression).contains(where: { $0.contains("=> \(value) @") }) { return true }
    }
    return false
  }

  private func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
