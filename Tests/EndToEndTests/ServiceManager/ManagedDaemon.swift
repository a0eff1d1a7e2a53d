import Foundation
import TestSupport

/// A program that starts a daemon, and becomes it or waits for it: a service manager, or what stands for one.
final class ManagedDaemon {
  /// How it ended.
  enum End: Equatable {
    case exit(Int32)
    case signal(Int32)
    case stillRunning
  }

  let folder: TemporaryFolder
  private let process = Process()
  private let logPath: String

  /// Starts it; its log is a file of the folder.
  init(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:],
    in folder: TemporaryFolder
  ) throws {
    self.folder = folder
    logPath = folder.path("log-" + UUID().uuidString)
    try Data().write(to: URL(filePath: logPath))
    process.executableURL = program
    process.arguments = arguments
    var all = ProcessInfo.processInfo.environment
    // What the tests' own manager has to say is not for these.
    for name in ["NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "WATCHDOG_USEC", "WATCHDOG_PID"] {
      all[name] = nil
    }
    all["SMARTFLOW_STATE_DIRECTORY"] = folder.path("state")
    process.environment = all.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: logPath)
    try process.run()
  }

  /// Starts the daemon itself.
  convenience init(
    _ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder
  ) throws {
    try self.init(Self.program(), arguments, environment: environment, in: folder)
  }

  deinit {
    guard process.isRunning else { return }
    // The group of one that waits for a daemon of its own is not to be had; its end is the daemon's.
    for child in children() { kill(child, SIGKILL) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  static func program() throws -> URL {
    try DaemonProcess.programFolder().appending(path: "smartflowd")
  }

  var processID: Int32 { process.processIdentifier }

  func log() -> String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// The log's lines of one event.
  func records(_ event: String) -> [String] {
    log().split(separator: "\n").map(String.init).filter { $0.contains(#""event":"\#(event)""#) }
  }

  func becomesReady() -> Bool { says("ready") }

  /// Waits for a line of the log, so many times.
  func says(_ event: String, times: Int = 1) -> Bool {
    waitUntil(within: .seconds(30)) {
      !self.process.isRunning || self.records(event).count >= times
    } && records(event).count >= times
  }

  func signal(_ number: Int32) {
    if process.isRunning { kill(process.processIdentifier, number) }
  }

  func end(within limit: Duration = .seconds(30)) -> End {
    guard waitUntil(within: limit, { !self.process.isRunning }) else { return .stillRunning }
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? .exit(process.terminationStatus) : .signal(process.terminationStatus)
  }

  func stop() -> End {
    signal(SIGTERM)
    return end()
  }

  /// Processes that this one has started, and that live.
  func children() -> [Int32] {
    let text = try? String(
      contentsOfFile: "/proc/\(processID)/task/\(processID)/children", encoding: .utf8)
    return (text ?? "").split(separator: " ").compactMap { Int32($0) }
  }

  /// Processor time that a process has used, in hundredths of a second; proc(5).
  static func processorTicks(of process: Int32) -> Int {
    let line = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = line.split(separator: ") ").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }
}

extension Wire {
  /// Whether the server serves, asked on a stream.
  static func health(stream: UInt32 = 1) -> [UInt8] {
    request(stream: stream, service: "grpc.health.v1.Health", method: "Check")
  }
}
