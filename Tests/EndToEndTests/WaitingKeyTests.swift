import Foundation
import TestSupport
import Testing

/// Calls that wait for the keeper's word on their keys.
@Suite struct `A call that waits for its idempotency key` {
  /// With this ``HeavyTree`` is done at once.
  private static let lightContext = #"{"l":[]}"#
  private static let patience = ["--max-timeout", "60s", "--log-level", "debug"]

  private static func heavy(
    _ key: String, stream: UInt32, context: String = lightContext, timeout: Duration = .seconds(60)
  ) -> [UInt8] {
    KeyedCall.execute(
      key, stream: stream, tree: HeavyTree.json, context: context, timeout: timeout)
  }

  private static func health(stream: UInt32) -> [UInt8] {
    Wire.request(stream: stream, service: "grpc.health.v1.Health", method: "Check")
  }

  /// A call that has the key and runs on, and one that waits for it, both of one connection and sent off.
  private func holderAndWaiter(
    of daemon: DaemonProcess, holderTimeout: Duration = .seconds(60),
    waiterTimeout: Duration = .seconds(60)
  ) throws -> RawConnection {
    let connection = try RawConnection(path: daemon.socketPath)
    // The tree is compiled from here on.
    #expect(try connection.call(Self.heavy("", stream: 1)).code == 0)
    try connection.send(
      Self.heavy("k", stream: 3, context: HeavyTree.longContext, timeout: holderTimeout)
        + Self.heavy("k", stream: 5, timeout: waiterTimeout))
    return connection
  }

  /// Answers by their streams.
  private func answers(_ count: Int, from connection: RawConnection) throws -> [UInt32: Wire.Answer]
  {
    var answers: [UInt32: Wire.Answer] = [:]
    for _ in 0..<count {
      let answer = try connection.answer()
      answers[answer.stream] = answer
    }
    return answers
  }

  @Test func `is answered at its deadline, whoever has the key`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: Self.patience + HeavyTree.fuelLimit)
    let connection = try holderAndWaiter(
      of: daemon, holderTimeout: .seconds(2), waiterTimeout: .milliseconds(300))
    let began = ContinuousClock.now
    let first = try connection.answer()
    #expect(first.stream == 5 && first.code == 4, "\(first)")
    #expect(ContinuousClock.now - began < .milliseconds(1500))
    let second = try connection.answer()
    #expect(second.stream == 3 && second.code == 4, "\(second)")
    // Neither has performed anything, and nobody has the key.
    #expect(
      try !KeyedCall.Outcome(try connection.call(Self.heavy("k", stream: 7))).isReplayed)
    #expect(try daemon.stop() == 0)
  }

  @Test func `has the key when a drain has ended who had it before`() throws {
    let daemon = try DaemonProcess(
      workers: 1,
      arguments: Self.patience + HeavyTree.fuelLimit + ["--shutdown-grace", "20s"])
    let connection = try holderAndWaiter(of: daemon, holderTimeout: .seconds(1))
    try connection.send(Self.health(stream: 7))
    #expect(try connection.answer().stream == 7)
    daemon.signal(SIGTERM)
    let told = try answers(2, from: connection)
    #expect(told[3]?.code == 4)
    #expect(told[5]?.code == 0)
    #expect(try daemon.end() == 0)
  }

  @Test func `is told of the drain when its grace is over`() throws {
    let daemon = try DaemonProcess(
      workers: 1,
      arguments: Self.patience + HeavyTree.fuelLimit + ["--shutdown-grace", "300ms"])
    let connection = try holderAndWaiter(of: daemon)
    try connection.send(Self.health(stream: 7))
    #expect(try connection.answer().stream == 7)
    daemon.signal(SIGTERM)
    for answer in try answers(2, from: connection).values {
      #expect(answer.code == 14, "\(answer)")
      #expect(try answer.reason() == "DRAINING")
    }
    #expect(try daemon.end() == 0)
    // Who starts next has no key that is taken for ever.
    let second = try DaemonProcess(workers: 1, folder: daemon.folder)
    let again = try RawConnection(path: second.socketPath)
    #expect(try !KeyedCall.Outcome(try again.call(Self.heavy("k", stream: 1))).isReplayed)
    #expect(try second.stop() == 0)
  }

  @Test func `leaves the key to others when its connection is closed`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: Self.patience + ["--frame-timeout", "200ms"])
    try whileKeeperIsStopped(daemon) {
      let connection = try RawConnection(path: daemon.socketPath)
      // Half of a frame's header, and nothing more.
      try connection.send(KeyedCall.execute("k", timeout: .seconds(60)) + [0, 0, 0, 1, 0])
      #expect(try connection.isClosed())
    }
    #expect(try !KeyedCall.outcome("k", of: daemon).isReplayed)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 1)
  }

  @Test func `is performed once, though its caller has left`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: Self.patience)
    try whileKeeperIsStopped(daemon) {
      let connection = try RawConnection(path: daemon.socketPath)
      try connection.send(
        KeyedCall.execute("k", timeout: .seconds(60)) + Self.health(stream: 3))
      #expect(try connection.answer().stream == 3)
    }
    _ = try KeyedCall.outcome("k", of: daemon)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 1)
  }

  @Test func `is answered at its deadline while the keeper says nothing, and performs nothing`()
    throws
  {
    let daemon = try DaemonProcess(workers: 1, arguments: Self.patience)
    try whileKeeperIsStopped(daemon) {
      let connection = try RawConnection(path: daemon.socketPath)
      let answer = try connection.call(KeyedCall.execute("k", timeout: .milliseconds(300)))
      #expect(answer.code == 4)
    }
    #expect(try !KeyedCall.outcome("k", of: daemon).isReplayed)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 1)
  }

  @Test func `is turned away where so many wait that the keeper's channel is full`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: Self.patience)
    let connections = try (0..<4).map { _ in try RawConnection(path: daemon.socketPath) }
    let callsOfEach = 200
    var accepted = [Int](repeating: callsOfEach, count: connections.count)
    try whileKeeperIsStopped(daemon) {
      for (number, connection) in connections.enumerated() {
        for call in 0..<callsOfEach {
          try connection.send(
            KeyedCall.execute(
              "\(number)-\(call)", stream: UInt32(2 * call + 1), timeout: .seconds(60)))
        }
        try connection.send(Self.health(stream: 9999))
        while true {
          let answer = try connection.answer()
          if answer.stream == 9999 { break }
          #expect(try answer.reason() == "IDEMPOTENCY_UNAVAILABLE")
          accepted[number] -= 1
        }
      }
    }
    let all = accepted.reduce(0, +)
    #expect(all > 0 && all < connections.count * callsOfEach)
    for (connection, count) in zip(connections, accepted) {
      for _ in 0..<count { #expect(try connection.answer().code == 0) }
    }
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == all)
  }

  private func whileKeeperIsStopped(
    _ daemon: DaemonProcess, _ body: () throws -> Void
  ) throws {
    daemon.signal(SIGSTOP)
    defer { daemon.signal(SIGCONT) }
    let isStopped = waitUntil(within: .seconds(10)) {
      ProcessStatus(daemon.processID)["State"]?.hasPrefix("T") == true
    }
    try #require(isStopped)
    try body()
  }

  @Test func `has the key when the worker that had it is killed before it was done`() throws {
    let daemon = try DaemonProcess(
      workers: 2, arguments: Self.patience + HeavyTree.fuelLimit)
    let connections = try KeyedCall.connectionToEachWorker(of: daemon)
    let (holder, waiter) = (try #require(connections[0]), try #require(connections[1]))
    for connection in [holder, waiter] {
      #expect(try connection.call(Self.heavy("", stream: 3)).code == 0)
    }
    let started = try daemon.logRecords(of: "worker_started").first {
      $0["worker"] as? String == "0"
    }
    let victim = try #require((started?["pid"] as? String).flatMap { Int32($0) })
    let before = processorTicks(of: victim)
    try holder.send(Self.heavy("k", stream: 5, context: HeavyTree.longContext))
    // It runs, so it has the key.
    #expect(waitUntil(within: .seconds(20)) { processorTicks(of: victim) > before + 10 })
    try waiter.send(Self.heavy("k", stream: 5) + Self.health(stream: 7))
    #expect(try waiter.answer().stream == 7)
    kill(victim, SIGKILL)
    #expect(try !KeyedCall.Outcome(try waiter.answer()).isReplayed)
    #expect(try daemon.stop() == 0)
  }

  /// Processor time that a process has used, in hundredths of a second; proc(5).
  private func processorTicks(of process: Int32) -> Int {
    let line = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = line.split(separator: ") ").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }
}

@Suite struct `An answer that is to be remembered` {
  /// A tree whose answer has some 1,700 bytes for each message.
  private static func messages(_ count: Int) -> String {
    let text = String(repeating: "x", count: 1600)
    let action =
      #"{"type":"SendSMS","parameters":{"phone":"+35621234567","message":"\#(text)"}}"#
    let actions = Array(repeating: action, count: count).joined(separator: ",")
    return #"{"type":"Sequence","actions":[\#(actions)]}"#
  }

  @Test func `may be long, and is the same again to the byte`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    let tree = Self.messages(28)
    let first = try connection.call(KeyedCall.execute("k", tree: tree))
    let second = try connection.call(KeyedCall.execute("k", stream: 3, tree: tree))
    #expect(try KeyedCall.Outcome(second) == KeyedCall.Outcome(first).replayed)
    let (before, after) = (try first.executionBytes(), try second.executionBytes())
    #expect(after == before + [9 << 3, 1])
    #expect(before.count > 45_000)
    #expect(try daemon.stop() == 0)
  }

  @Test func `is refused where it has more, performs nothing, and leaves the key alone`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    let tree = Self.messages(40)
    let refused = try connection.call(KeyedCall.execute("k", tree: tree))
    #expect(refused.code == 8)
    #expect(try refused.reason() == "MESSAGE_TOO_LARGE")
    // Another tree could not have a key that is taken.
    #expect(
      try !KeyedCall.Outcome(try connection.call(KeyedCall.execute("k", stream: 3))).isReplayed)
    #expect(try connection.call(KeyedCall.execute("", stream: 5, tree: tree)).code == 0)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 2)
  }
}
