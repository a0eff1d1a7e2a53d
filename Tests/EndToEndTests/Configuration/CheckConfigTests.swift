import Foundation
import TestSupport
import Testing

@Suite struct `smartflowd --check-config` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(
    _ text: String, _ arguments: String..., variables: [String: String] = [:]
  ) throws -> (status: Int32, output: [String], errors: [String]) {
    let path = folder.path("c.json")
    try Data(text.utf8).write(to: URL(filePath: path))
    let process = Process()
    process.executableURL = try DaemonProcess.programFolder().appending(path: "smartflowd")
    process.arguments = ["--check-config"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      [
        "SMARTFLOW_CONFIG": path, "SMARTFLOW_SOCKET": folder.path("s.sock"),
        "SMARTFLOW_STATE_DIRECTORY": folder.path("state"),
      ]
    ) { $1 }.merging(variables) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = [output, errors].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (
      process.terminationStatus, texts[0].split(separator: "\n").map(String.init),
      texts[1].split(separator: "\n").map(String.init)
    )
  }

  /// Name, value and place of each line.
  private func words(_ lines: [String]) -> [[String]] {
    lines.map { line in
      line.split(separator: " ").map { String($0).replacing(folder.path("c.json"), with: "c.json") }
    }
  }

  @Test func `prints what would be used and who said it, and starts nothing`() throws {
    let result = try check(
      "{\"max-streams\": 7}", "--fuel-limit", "5", variables: ["SMARTFLOW_LOG_LEVEL": "debug"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let lines = words(result.output)
    for line in [
      ["max-streams", "7", "c.json:1:17"], ["fuel-limit", "5", "--fuel-limit"],
      ["log-level", "debug", "SMARTFLOW_LOG_LEVEL"], ["max-timeout", "5s", "default"],
      ["allow-uid", "none", "default"],
      ["admin-socket", folder.path("s-admin.sock"), "default"],
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("s.sock")))
    #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
  }

  @Test func `says everything that is wrong, and ends as the start would`() throws {
    let result = try check("{\"max-streams\": 0,\n\"log_level\": 1}", "--fuel-limit", "x")
    #expect(result.status == 78)
    #expect(result.output.isEmpty)
    #expect(result.errors.count == 3, "\(result.errors)")
    #expect(result.errors.allSatisfy { $0.hasPrefix("smartflowd: ") })
    #expect(try check("{}", "--fuel-limit", "x").status == 64)
    #expect(try check("{\"allow-uid\": [\"nosuchuser\"]}").status == 67)
  }

  @Test func `is content with the example, as it stands and with its notes taken in`() throws {
    let example = try String(
      contentsOf: Project.file("contrib/examples/smartflowd.json"), encoding: .utf8)
    let result = try check(example)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains { $0.contains("c.json:") })
    let all = example.replacing(/(?m)^(\s*)\/\/ ("[a-z-]+":)/) { "\($0.output.1)\($0.output.2)" }
    #expect(all != example)
    let allTaken = try check(all)
    #expect(allTaken.status == 0, "\(allTaken.errors)")
  }
}
