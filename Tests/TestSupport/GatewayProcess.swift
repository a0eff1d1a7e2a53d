internal import Foundation

/// A real `smartflow-gateway` in front of a daemon, on a Unix socket and on a port that the system chose.
public final class GatewayProcess {
  /// Why a gateway was not there for a test.
  public struct NotReady: Error, CustomStringConvertible {
    /// What it wrote.
    public var description: String
    /// How it ended; `nil` where it did not.
    public var exitStatus: Int32?
  }

  private let process = Process()
  private let folder: TemporaryFolder
  /// Host and port, such as `127.0.0.1:40123`.
  public private(set) var address = ""

  /// The path of its socket.
  public var socketPath: String { folder.path("gateway.sock") }

  /// Starts a gateway and waits until it listens.
  ///
  /// - Parameters:
  ///   - daemon: Whom it asks.
  ///   - arguments: What its command line has besides.
  /// - Throws: ``NotReady`` when it does not come to listen.
  public init(daemon: DaemonProcess, arguments: [String] = []) throws {
    folder = try TemporaryFolder()
    let logPath = folder.path("log")
    try Data().write(to: URL(filePath: logPath))
    process.executableURL = try DaemonProcess.programFolder().appending(path: "smartflow-gateway")
    process.arguments =
      [
        "--endpoint", "unix://" + daemon.socketPath, "--admin-endpoint",
        "unix://" + daemon.adminSocketPath, "--listen", "127.0.0.1:0", "--listen",
        "unix://" + socketPath,
      ] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: logPath)
    try process.run()
    let isReady = waitUntil(within: .seconds(30)) {
      !self.process.isRunning || self.log().contains(#""event":"ready""#)
    }
    let said = log()
    guard isReady, process.isRunning,
      let match = said.firstMatch(of: #/"addresses":"([^ "]+)/#)
    else {
      let status = process.isRunning ? nil : process.terminationStatus
      kill()
      throw NotReady(
        description: "the gateway did not become ready; it wrote: \(said)", exitStatus: status)
    }
    address = String(match.output.1)
  }

  deinit { kill() }

  /// All that it has written so far.
  public func log() -> String {
    (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? ""
  }

  /// Asks it to end, and returns its exit status.
  public func stop(within limit: Duration = .seconds(15)) throws -> Int32 {
    Foundation.kill(process.processIdentifier, SIGTERM)
    guard waitUntil(within: limit, { !self.process.isRunning }) else {
      throw NotReady(description: "the gateway did not end; it wrote: \(log())")
    }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Asks it over its Unix socket as an HTTP client would, and reads to the end.
  ///
  /// - Parameters:
  ///   - path: Such as `/metrics`.
  ///   - accept: The `Accept` header; none when `nil`.
  ///   - method: Such as `HEAD`.
  /// - Returns: The status, the headers by their names in lower case, and the body.
  /// - Throws: ``RawConnection/Failure`` when it does not answer.
  public func get(
    _ path: String, accept: String? = nil, method: String = "GET"
  ) throws -> (status: Int, headers: [String: String], body: String) {
    let connection = try RawConnection(path: socketPath)
    let header = accept.map { "Accept: \($0)\r\n" } ?? ""
    try connection.send(
      Array(
        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)Connection: close\r\n\r\n".utf8))
    let text = String(
      decoding: try connection.receive(1 << 22, timeout: .seconds(20)), as: UTF8.self)
    // Line by line: a line break of two bytes is one character.
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let end = lines.firstIndex(of: "") ?? lines.endIndex
    var headers: [String: String] = [:]
    for line in lines[..<end].dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return (status, headers, lines[end...].dropFirst().joined(separator: "\r\n"))
  }

  private func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
