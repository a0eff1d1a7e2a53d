public import Foundation

/// A real `smartflowd` with real workers, on a socket in a folder of its own.
public final class DaemonProcess {
  /// Why a daemon was not there for a test.
  public enum Failure: Error, CustomStringConvertible {
    case notBuilt(lookedAt: [String])
    case notReady(log: String)
    case notStopped

    /// One sentence.
    public var description: String {
      switch self {
      case .notBuilt(let places): "no smartflowd at \(places.joined(separator: ", "))"
      case .notReady(let log): "the daemon did not become ready; it wrote: \(log)"
      case .notStopped: "the daemon was still running after its grace"
      }
    }
  }

  /// The folder of socket and log.
  public let folder: TemporaryFolder
  private let process = Process()
  private let logPath: String

  /// The data socket's path.
  public var socketPath: String { folder.path("s.sock") }

  /// The admin socket's path.
  public var adminSocketPath: String { folder.path("a.sock") }

  /// Where it keeps what outlives it.
  public var statePath: String { folder.path("state") }

  /// Process identifier of the keeper.
  public var processID: Int32 { process.processIdentifier }

  /// The programs' folder: `SMARTFLOW_BIN`, else the release build, else the debug build.
  public static func programFolder() throws -> URL {
    var places: [URL] = []
    if let given = ProcessInfo.processInfo.environment["SMARTFLOW_BIN"] {
      places.append(URL(filePath: given))
    }
    places.append(Project.file(".build/release"))
    places.append(Project.file(".build/debug"))
    for place in places
    where FileManager.default.isExecutableFile(atPath: place.appending(path: "smartflowd").path) {
      return place
    }
    throw Failure.notBuilt(lookedAt: places.map(\.path))
  }

  /// Starts a daemon and waits until all its workers serve.
  ///
  /// - Parameters:
  ///   - workers: How many.
  ///   - arguments: What its command line has besides.
  ///   - shared: The folder of another daemon, whose place this one takes; else it has one of its own.
  ///   - environment: Variables that it has besides this process's own.
  ///   - programs: The programs' folder; else that of ``programFolder()``.
  /// - Throws: ``Failure`` when there is no daemon, or it does not become ready.
  public init(
    workers: Int = 2, arguments: [String] = [], folder shared: TemporaryFolder? = nil,
    environment: [String: String] = [:], programs: URL? = nil
  ) throws {
    folder = try shared ?? TemporaryFolder()
    logPath = folder.path("log-" + UUID().uuidString)
    guard FileManager.default.createFile(atPath: logPath, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    process.executableURL = try (programs ?? Self.programFolder()).appending(path: "smartflowd")
    process.arguments =
      [
        "--socket", socketPath, "--admin-socket", adminSocketPath, "--workers", String(workers),
      ] + arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SMARTFLOW_STATE_DIRECTORY": folder.path("state")]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: logPath)
    try process.run()
    let ready = waitUntil(within: .seconds(30)) {
      !self.process.isRunning || self.log().contains(#""event":"ready""#)
    }
    guard ready, process.isRunning else {
      let log = log()
      kill()
      throw Failure.notReady(log: log)
    }
  }

  deinit { kill() }

  /// All that the daemon has written so far.
  public func log() -> String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// The log's lines as JSON objects; a line that is none is a failure of the test.
  public func logRecords() throws -> [[String: Any]] {
    try log().split(separator: "\n").map { line in
      guard
        let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      else { throw CocoaError(.propertyListReadCorrupt) }
      return record
    }
  }

  /// The lines of one event as JSON objects, however many lines of others there are.
  public func logRecords(of event: String) throws -> [[String: Any]] {
    let log = try Data(contentsOf: URL(filePath: logPath))
    let mark = Data(#""event":"\#(event)""#.utf8)
    return try log.split(separator: UInt8(ascii: "\n")).filter { $0.range(of: mark) != nil }.map {
      guard let record = try JSONSerialization.jsonObject(with: $0) as? [String: Any] else {
        throw CocoaError(.propertyListReadCorrupt)
      }
      return record
    }
  }

  /// Process identifiers of the workers that live now.
  public func workerProcessIDs() -> [Int32] {
    let children = try? String(
      contentsOfFile: "/proc/\(processID)/task/\(processID)/children", encoding: .utf8)
    return (children ?? "").split(separator: " ").compactMap { Int32($0) }
  }

  /// Sends a signal to the keeper.
  public func signal(_ number: Int32) { Foundation.kill(processID, number) }

  /// Asks the daemon to end, and returns its exit status.
  public func stop(within limit: Duration = .seconds(15)) throws -> Int32 {
    signal(SIGTERM)
    return try end(within: limit)
  }

  /// Waits for the daemon's end, and returns its exit status.
  public func end(within limit: Duration = .seconds(15)) throws -> Int32 {
    guard waitUntil(within: limit, { !self.process.isRunning }) else { throw Failure.notStopped }
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// Looks at a condition again and again until it holds, for as long as `limit`.
///
/// - Returns: Whether it came to hold.
public func waitUntil(within limit: Duration, _ condition: () -> Bool) -> Bool {
  let deadline = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now > deadline { return false }
    // A pause between two looks, not a wait for something to have happened.
    _ = poll(nil, 0, 5)
  }
  return true
}
