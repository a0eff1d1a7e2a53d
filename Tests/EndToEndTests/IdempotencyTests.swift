import Foundation
import TestSupport
import Testing

@Suite struct `A call with an idempotency key` {
  @Test(arguments: ["interval", "always"])
  func `is performed once, and then answered as before`(sync: String) throws {
    let daemon = try DaemonProcess(workers: 2, arguments: ["--journal-sync", sync])
    let connection = try RawConnection(path: daemon.socketPath)
    let first = try KeyedCall.Outcome(try connection.call(KeyedCall.execute("k")))
    #expect(!first.isReplayed)
    // Whatever is known of the player by then.
    let second = try KeyedCall.Outcome(
      try connection.call(KeyedCall.execute("k", stream: 3, context: #"{"days":1}"#)))
    #expect(second == KeyedCall.Outcome(executionID: first.executionID, isReplayed: true))
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 1)
  }

  @Test func `is refused for another player`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(KeyedCall.execute("k")).code == 0)
    let refused = try connection.call(KeyedCall.execute("k", stream: 3, player: "q"))
    #expect(refused.code == 9)
    #expect(try refused.reason() == "IDEMPOTENCY_KEY_REUSED")
    #expect(try daemon.stop() == 0)
  }

  @Test func `is refused with a key that is too long`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    let longest = String(repeating: "k", count: 256)
    #expect(try connection.call(KeyedCall.execute(longest)).code == 0)
    #expect(try connection.call(KeyedCall.execute(longest + "k", stream: 3)).code == 3)
    #expect(try daemon.stop() == 0)
  }

  @Test func `performs nothing in a dry run, and leaves the key alone`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(KeyedCall.execute("k", dryRun: true)).code == 0)
    let outcome = try KeyedCall.Outcome(try connection.call(KeyedCall.execute("k", stream: 3)))
    #expect(!outcome.isReplayed)
    #expect(try daemon.stop() == 0)
  }

  @Test func `may try again after it has failed`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(KeyedCall.execute("k", context: "{}")).code == 9)
    let outcome = try KeyedCall.Outcome(try connection.call(KeyedCall.execute("k", stream: 3)))
    #expect(!outcome.isReplayed)
    #expect(try daemon.stop() == 0)
  }

  @Test func `is performed once when two come at once to two workers`() throws {
    let wanted = ProcessInfo.processInfo.environment["SMARTFLOW_IDEMPOTENCY_ROUNDS"]
    let rounds = wanted.flatMap { Int($0) } ?? 200
    let daemon = try DaemonProcess(workers: 2, arguments: ["--log-level", "debug"])
    let connections = try Array(KeyedCall.connectionToEachWorker(of: daemon).values)
    var replays = 0
    for round in 0..<rounds {
      for connection in connections {
        try connection.send(KeyedCall.execute("k\(round)", stream: UInt32(2 * round + 3)))
      }
      let outcomes = try connections.map { try KeyedCall.Outcome(try $0.answer()) }
      #expect(Set(outcomes.map(\.executionID)).count == 1)
      #expect(outcomes.count { !$0.isReplayed } == 1)
      replays += outcomes.count { $0.isReplayed }
    }
    #expect(try daemon.stop() == 0)
    let records = try AuditFile(of: daemon.statePath).records()
    #expect(records.count == rounds)
    let performers = Dictionary(grouping: records) { $0["worker"] as? Int ?? -1 }.mapValues(\.count)
    print(
      "\(rounds) keys, a call each to two workers: \(performers) performed, \(replays) replayed")
  }

  @Test func `is replayed after its worker was killed, and after the keeper was`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let first = try KeyedCall.Outcome(
      try RawConnection(path: daemon.socketPath).call(KeyedCall.execute("k")))
    let replayed = KeyedCall.Outcome(executionID: first.executionID, isReplayed: true)
    kill(try #require(daemon.workerProcessIDs().first), SIGKILL)
    let isBack = waitUntil(within: .seconds(20)) {
      let connection = try? RawConnection(path: daemon.socketPath)
      guard let answer = try? connection?.call(KeyedCall.execute("k")), answer.code == 0 else {
        return false
      }
      return (try? KeyedCall.Outcome(answer)) == replayed
    }
    #expect(isBack, "\(daemon.log())")
    daemon.signal(SIGKILL)
    _ = try daemon.end()
    let second = try DaemonProcess(workers: 1, folder: daemon.folder)
    #expect(
      try KeyedCall.Outcome(try RawConnection(path: second.socketPath).call(KeyedCall.execute("k")))
        == replayed)
    #expect(try second.stop() == 0)
  }

  @Test(arguments: ["interval", "always"])
  func `may be an item of a batch, which is performed once`(sync: String) throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--journal-sync", sync])
    let connection = try RawConnection(path: daemon.socketPath)
    let items = [("p", "a"), ("p", "a"), ("q", "a"), ("q", "")].flatMap { player, key in
      Wire.field(
        4, Wire.field(2, #"{"days":5}"#) + Wire.field(3, player) + Wire.field(4, key))
    }
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, KeyedCall.bonus) + items))
    #expect(answer.code == 0, "\(answer)")
    let results = try Wire.fields(of: answer.payload).map { try Wire.fields(of: $0.bytes) }
    #expect(results.map { $0.first?.number } == [1, 1, 2, 1])
    let outcomes = try [0, 1, 3].map {
      KeyedCall.Outcome(try Wire.fields(of: results[$0][0].bytes))
    }
    #expect(outcomes.map(\.isReplayed) == [false, true, false])
    #expect(outcomes[0].executionID == outcomes[1].executionID)
    #expect(try daemon.stop() == 0)
    #expect(try AuditFile(of: daemon.statePath).records().count == 2)
  }
}
