import Foundation
import TestSupport

/// A `smartflowd` with one worker that need not come to serve; one that must is a ``DaemonProcess``.
final class Daemon {
  let folder: TemporaryFolder
  private let process = Process()

  /// Starts it in a folder, where it also writes its log.
  ///
  /// `arguments` stand besides socket and workers; a `shell`, where there is one, does something before it
  /// becomes the daemon: `exec 9<file`.
  init(in folder: TemporaryFolder, _ arguments: [String], shell: String? = nil) throws {
    self.folder = folder
    let logPath = folder.path("log")
    try Data().write(to: URL(filePath: logPath))
    let program = try DaemonProcess.programFolder().appending(path: "smartflowd")
    let all = ["--socket", folder.path("s.sock"), "--workers", "1"] + arguments
    process.executableURL = shell == nil ? program : URL(filePath: "/bin/sh")
    process.arguments = shell.map { ["-c", $0 + #"; exec "$0" "$@""#, program.path] + all } ?? all
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SMARTFLOW_STATE_DIRECTORY": folder.path("state")]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: logPath)
    try process.run()
  }

  deinit {
    signal(SIGKILL)
    process.waitUntilExit()
  }

  var isRunning: Bool { process.isRunning }

  func log() -> String {
    (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? ""
  }

  func signal(_ number: Int32) {
    if process.isRunning { kill(process.processIdentifier, number) }
  }

  /// Waits for the end, and returns the exit status.
  @discardableResult
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Process identifiers of the workers that live now.
  func workerProcessIDs() -> [Int32] {
    let keeper = process.processIdentifier
    let children = try? String(
      contentsOfFile: "/proc/\(keeper)/task/\(keeper)/children", encoding: .utf8)
    return (children ?? "").split(separator: " ").compactMap { Int32($0) }
  }
}

/// What `/proc/PID/status` says of a process; nothing when there is none.
struct ProcessStatus {
  private var lines: [String: String] = [:]

  init(_ process: Int32) {
    let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    for line in (text ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      lines[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
    }
  }

  subscript(key: String) -> String? { lines[key] }
}
