import Foundation
import TestSupport

/// Prometheus' own programs; Debian: prometheus.
enum Promtool {
  static let path = "/usr/bin/promtool"
  static let serverPath = "/usr/bin/prometheus"

  static var isInstalled: Bool {
    [path, serverPath].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs it.
  ///
  /// - Parameters:
  ///   - arguments: What stands behind its name.
  ///   - input: Its standard input.
  /// - Returns: Its exit status, and all that it wrote.
  /// - Throws: When it can not be run.
  static func run(_ arguments: [String], input: String = "") throws -> (status: Int32, text: String)
  {
    let folder = try TemporaryFolder()
    let inputPath = folder.path("input")
    try Data(input.utf8).write(to: URL(filePath: inputPath))
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardInput = FileHandle(forReadingAtPath: inputPath)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}
