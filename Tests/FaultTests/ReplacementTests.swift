import Foundation
import SmartFlowClient
import SmartFlowMessages
import TTRPC
import TestSupport
import Testing
import UnixSocket

@Suite(.serialized) struct `Workers that are replaced` {
  private static let replacements =
    ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_REPLACEMENTS"].flatMap { Int($0) } ?? 5

  /// Replaces all workers once, and waits until it is done.
  private func replaceAll(_ daemon: DaemonProcess, workers: Int, round: Int) async throws {
    daemon.signal(SIGHUP)
    let isDone = await comes(within: .seconds(30)) {
      daemon.log().ranges(of: #""event":"worker_replaced""#).count == round * workers
    }
    try #require(isDone, "\(daemon.log())")
  }

  @Test func `cost their clients nothing, also under load`() async throws {
    let connections =
      ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_CONNECTIONS"].flatMap { Int($0) } ?? 8
    let daemon = try DaemonProcess(workers: 2)
    let before = daemon.workerProcessIDs()
    let load = try Load(socketPath: daemon.socketPath, connections: connections)
    await load.untilAnswered(100)
    for round in 1...Self.replacements {
      try await replaceAll(daemon, workers: 2, round: round)
      await load.untilAnswered(100)
    }
    let outcome = await load.stop()
    report("\(Self.replacements) replacements of 2 workers, \(connections) connections\n\(outcome)")
    #expect(outcome.failures.isEmpty && outcome.lost == 0, "\(outcome)")
    #expect(Set(before).isDisjoint(with: daemon.workerProcessIDs()))
    let replaced = try daemon.logRecords().filter { $0["event"] as? String == "worker_replaced" }
    #expect(replaced.allSatisfy { $0["connections_lost"] as? String == "0" }, "\(replaced)")
    #expect(!daemon.log().contains("worker_died"))
    #expect(try daemon.stop() == 0)
  }

  @Test func `go on with a connection where the last one stopped`() async throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    try connection.send(Self.health(stream: 7))
    #expect(try status(of: connection, stream: 7) == 0)
    try await replaceAll(daemon, workers: 1, round: 1)
    // What the last worker has seen is known to the next one.
    try connection.send(Self.health(stream: 5))
    #expect(try status(of: connection, stream: 5) == 3)
    try connection.send(Self.health(stream: 9))
    #expect(try status(of: connection, stream: 9) == 0)
    #expect(try daemon.stop() == 0)
  }

  @Test func `wait for a frame that has begun`() async throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    let frame = Self.health(stream: 3)
    // In one piece, so that the answer to the first says that the half of the second was read.
    try connection.send(Self.health(stream: 1) + frame.prefix(15))
    #expect(try status(of: connection, stream: 1) == 0)
    daemon.signal(SIGHUP)
    let isReady = await comes(within: .seconds(30)) {
      daemon.log().ranges(of: #""event":"worker_started""#).count == 2
    }
    try #require(isReady)
    try connection.send(Array(frame.dropFirst(15)) + Self.health(stream: 5))
    #expect(try status(of: connection, stream: 3) == 0)
    #expect(try status(of: connection, stream: 5) == 0)
    let isDone = await comes(within: .seconds(30)) { daemon.log().contains("worker_replaced") }
    #expect(isDone, "\(daemon.log())")
    #expect(!daemon.log().contains("worker_killed"))
    #expect(try daemon.stop() == 0)
  }

  @Test func `leave with a half frame that nobody finishes, once their grace is over`()
    async throws
  {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--shutdown-grace", "200ms"])
    let half = try RawConnection(path: daemon.socketPath)
    let whole = try RawConnection(path: daemon.socketPath)
    try half.send(Self.health(stream: 1) + Self.health(stream: 3).prefix(15))
    #expect(try status(of: half, stream: 1) == 0)
    try whole.send(Self.health(stream: 1))
    #expect(try status(of: whole, stream: 1) == 0)
    try await replaceAll(daemon, workers: 1, round: 1)
    #expect(try half.isClosed())
    try whole.send(Self.health(stream: 3))
    #expect(try status(of: whole, stream: 3) == 0)
    #expect(try daemon.stop() == 0)
  }

  @Test func `drain with the rest when the daemon ends meanwhile`() async throws {
    let daemon = try DaemonProcess(workers: 2)
    let half = try RawConnection(path: daemon.socketPath)
    try half.send(Self.health(stream: 1) + Self.health(stream: 3).prefix(15))
    #expect(try status(of: half, stream: 1) == 0)
    daemon.signal(SIGHUP)
    let hasBegun = await comes(within: .seconds(30)) {
      daemon.log().ranges(of: #""event":"worker_started""#).count >= 3
    }
    #expect(hasBegun)
    #expect(try daemon.stop() == 0)
  }

  // MARK: Raw bytes

  private static func health(stream: UInt8) -> [UInt8] { Wire.health(stream: stream) }

  /// The status code of the answer on a stream.
  private func status(of connection: RawConnection, stream: UInt32) throws -> Int {
    let header = try connection.receive(10)
    try #require(header.count == 10)
    let count = header[0..<4].reduce(0) { $0 << 8 | Int($1) }
    #expect(header[4..<8].reduce(0) { $0 << 8 | UInt32($1) } == stream)
    let data = try connection.receive(count)
    // A status stands first in its envelope, its code first in it; an absent one is OK.
    guard data.count > 3, data[0] == 0x0A, data[2] == 0x08 else { return 0 }
    return Int(data[3])
  }
}

/// Frames as a stranger would write them.
private enum Wire {
  static func health(stream: UInt8) -> [UInt8] {
    let service = Array("grpc.health.v1.Health".utf8)
    let method = Array("Check".utf8)
    let envelope =
      [0x0A, UInt8(service.count)] + service + [0x12, UInt8(method.count)] + method
    return [0, 0, 0, UInt8(envelope.count), 0, 0, 0, stream, 1, 0] + envelope
  }
}
