import Foundation
import TestSupport
import Testing

@Suite struct `A drain` {
  /// Enough fuel for as long as the deadline allows.
  private static let patient = HeavyTree.fuelLimit + ["--max-timeout", "60s", "--workers", "1"]

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func daemon(_ arguments: [String]) throws -> ManagedDaemon {
    let daemon = try ManagedDaemon(
      ["--socket", folder.path("s.sock")] + Self.patient + arguments, in: folder)
    try #require(daemon.becomesReady(), "\(daemon.log())")
    return daemon
  }

  private func connection() throws -> RawConnection {
    try RawConnection(path: folder.path("s.sock"))
  }

  private static func slow(stream: UInt32) -> [UInt8] {
    Wire.executeTree(
      stream: stream, tree: HeavyTree.json, context: HeavyTree.longContext,
      timeoutNanoseconds: 60_000_000_000)
  }

  private static func batch(stream: UInt32, tree: String, items: Int, context: String) -> [UInt8] {
    let item = Wire.field(2, context) + Wire.field(3, "p")
    let all = (0..<items).flatMap { _ in Wire.field(4, item) }
    return Wire.request(
      stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
      payload: Wire.field(1, tree) + all, timeoutNanoseconds: 60_000_000_000)
  }

  /// Reads answers until the server closes, each whole.
  private func answers(_ connection: RawConnection) throws -> [Wire.Answer] {
    var bytes: [UInt8] = []
    while true {
      let chunk = try connection.receive(1 << 16, timeout: .seconds(60))
      bytes += chunk
      if chunk.count < 1 << 16 { break }
    }
    var answers: [Wire.Answer] = []
    var rest = bytes[...]
    while !rest.isEmpty { answers.append(try Wire.Answer(frame: &rest)) }
    return answers
  }

  @Test func `answers what was asked before it, by many, many at once and in batches`() throws {
    // The grace is long, so that it does not end in the middle on a machine that is busy.
    let daemon = try daemon(["--shutdown-grace", "60s"])
    var connections: [RawConnection] = []
    for _ in 0..<16 {
      let connection = try connection()
      var requests: [UInt8] = []
      for stream in stride(from: UInt32(1), to: 100, by: 2) {
        requests += Wire.executeTree(
          stream: stream, tree: mariaTree, context: #"{"daysInactive": 9}"#)
      }
      requests += Self.batch(
        stream: 101, tree: mariaTree, items: 2000, context: #"{"daysInactive": 9}"#)
      try connection.send(requests)
      connections.append(connection)
    }
    daemon.signal(SIGTERM)
    for connection in connections {
      var answers: [Wire.Answer] = []
      while answers.count < 51 { answers.append(try connection.answer(timeout: .seconds(60))) }
      // Read before the drain, or behind it: each has an answer, and none is cut.
      #expect(answers.map(\.stream).sorted() == Array(stride(from: UInt32(1), through: 101, by: 2)))
      #expect(answers.allSatisfy { [0, 14].contains($0.code) })
      let batch = try #require(answers.first { $0.stream == 101 })
      if batch.code == 0 { #expect(try Wire.fields(of: batch.payload).count == 2000) }
    }
    for connection in connections { #expect(try connection.isClosed(within: .seconds(60))) }
    #expect(daemon.end() == .exit(0), "\(daemon.log())")
    #expect(!daemon.log().contains("worker_killed"))
  }

  @Test func `says first that the server does not serve, and begins nothing new`() throws {
    let daemon = try daemon(["--shutdown-grace", "20s"])
    let connection = try connection()
    let heavy = try self.connection()
    try heavy.send(Self.slow(stream: 1))
    // It is in hand once another call has had its turn behind it.
    #expect(try connection.call(Wire.health()).payload == [8, 1])
    daemon.signal(SIGTERM)
    #expect(daemon.says("draining"))
    var stream: UInt32 = 1
    let isTold = try poll {
      stream += 2
      return try connection.call(Wire.health(stream: stream)).payload == [8, 2]
    }
    #expect(isTold)
    let refused = try connection.call(
      Wire.executeTree(stream: stream + 2, tree: mariaTree, context: #"{"daysInactive": 9}"#))
    #expect(refused.code == 14)
    #expect(try refused.reason() == "DRAINING")
    #expect(throws: RawConnection.Failure.self) { try self.connection() }
    daemon.signal(SIGTERM)
    #expect(daemon.end() == .exit(128 + SIGTERM))
  }

  @Test func `ends a call that takes longer than the grace with UNAVAILABLE, and exits 0`() throws {
    let daemon = try daemon(["--shutdown-grace", "300ms"])
    let heavy = try connection()
    try heavy.send(Self.slow(stream: 1))
    let batch = try connection()
    try batch.send(
      Self.batch(stream: 1, tree: HeavyTree.json, items: 3, context: HeavyTree.longContext))
    let other = try connection()
    #expect(try other.call(Wire.health()).payload == [8, 1])
    daemon.signal(SIGTERM)
    let single = try answers(heavy)
    #expect(single.map(\.code) == [14], "\(daemon.log())")
    #expect(try single.first?.reason() == "DRAINING")
    // Of a batch each item is answered on its own.
    let many = try answers(batch)
    #expect(many.map(\.code) == [0])
    let results = try Wire.fields(of: many.first?.payload ?? [])
    #expect(results.count == 3)
    for result in results {
      let error = try Wire.fields(of: result.bytes).first { $0.number == 2 }
      let code = try Wire.fields(of: error?.bytes ?? []).first { $0.number == 1 }?.value
      #expect(code == 14)
    }
    #expect(try answers(other).isEmpty)
    #expect(daemon.end() == .exit(0), "\(daemon.log())")
    #expect(!daemon.log().contains("worker_killed"), "\(daemon.log())")
  }

  @Test func `is cut short by a second signal`() throws {
    let daemon = try daemon(["--shutdown-grace", "60s"])
    let heavy = try connection()
    try heavy.send(Self.slow(stream: 1))
    #expect(try connection().call(Wire.health()).payload == [8, 1])
    daemon.signal(SIGTERM)
    #expect(daemon.says("draining"))
    daemon.signal(SIGINT)
    #expect(daemon.end() == .exit(128 + SIGINT))
    #expect(try heavy.isClosed())
    #expect(!FileManager.default.fileExists(atPath: folder.path("s.sock")))
  }

  @Test func `ends also when a client does not take its answers`() throws {
    let daemon = try daemon(["--shutdown-grace", "300ms"])
    let deaf = try connection()
    // More than a socket's buffers hold, asked for by many and read by nobody.
    let asks = (0..<200).flatMap {
      Self.batch(
        stream: UInt32(2 * $0 + 1), tree: mariaTree, items: 500, context: #"{"daysInactive": 9}"#)
    }
    try? deaf.send(asks, timeout: .seconds(1))
    daemon.signal(SIGTERM)
    #expect(daemon.end() == .exit(0), "\(daemon.log())")
  }

  @Test func `ends while a worker is being replaced, and while one is down`() throws {
    for signals in [[SIGHUP], [SIGHUP, SIGHUP]] {
      let daemon = try daemon([])
      let worker = try #require(daemon.children().first)
      for signal in signals { daemon.signal(signal) }
      if signals.count == 2 { kill(worker, SIGKILL) }
      daemon.signal(SIGTERM)
      #expect(daemon.end() == .exit(0), "\(daemon.log())")
    }
  }

  private func poll(_ condition: () throws -> Bool) throws -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end { if try condition() { return true } }
    return false
  }
}
