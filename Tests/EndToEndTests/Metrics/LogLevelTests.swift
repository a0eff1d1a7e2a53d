import Foundation
import TestSupport
import Testing

@Suite struct `The level of the log` {
  private static let tree = #"{"type":"GrantBonus","parameters":{"amount":5}}"#

  /// Level, level before, and what comes back, of an answer.
  private static func levels(_ answer: Wire.Answer) throws -> [UInt64] {
    let fields = try Wire.fields(of: answer.payload)
    return [1, 2, 4].map { number in fields.first { $0.number == number }?.value ?? 0 }
  }

  @Test func `changes for keeper and workers while they run`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let administrator = Administrator(daemon: daemon)
    // Nothing is said of a request at first.
    #expect(try Self.levels(administrator.setLogLevel(nil)) == [3, 3, 3])
    #expect(try Self.levels(administrator.setLogLevel(2)) == [2, 3, 2])
    _ = try RawConnection(path: daemon.socketPath).call(
      Wire.executeTree(stream: 1, tree: Self.tree))
    let isSaid = waitUntil(within: .seconds(20)) {
      daemon.log().contains("smartflow.v1.ExecutionService/ExecuteTree")
    }
    #expect(isSaid, "\(daemon.log())")
    #expect(try Self.levels(administrator.setLogLevel(6)) == [6, 2, 6])
    let connection = try RawConnection(path: daemon.socketPath)
    #expect(try connection.call(Wire.executeTree(stream: 1, tree: "{")).code == 3)
    // What was accepted is in the audit, whatever the level.
    #expect(try connection.call(Wire.executeTree(stream: 3, tree: Self.tree)).code == 0)
    #expect(try daemon.stop() == 0)
    let events = try daemon.logRecords().compactMap { $0["event"] as? String }
    #expect(!events.contains("execution_failed"))
    #expect(events.filter { $0 == "action" }.count == 1)
    #expect(try AuditFile(of: daemon.statePath).records().count == 2)
    // Neither the keeper's own.
    #expect(!events.contains("draining"))
    // That nothing more will be said is said.
    #expect(events.filter { $0 == "log_level_set" }.count == 2)
  }

  @Test func `comes back when its time is over`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let administrator = Administrator(daemon: daemon)
    #expect(try Self.levels(administrator.setLogLevel(1, seconds: 1)) == [1, 3, 3])
    // Another change for a while does not become what comes back.
    let answer = try administrator.setLogLevel(2, seconds: 1)
    #expect(try Self.levels(answer) == [2, 1, 3])
    #expect(try Wire.fields(of: answer.payload).contains { $0.number == 3 })
    let isBack = waitUntil(within: .seconds(20)) { daemon.log().contains("log_level_ended") }
    #expect(isBack, "\(daemon.log())")
    let now = try administrator.setLogLevel(nil)
    #expect(try Self.levels(now) == [3, 3, 3])
    #expect(try !Wire.fields(of: now.payload).contains { $0.number == 3 })
  }

  @Test func `is refused where there is none, or no such time`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let administrator = Administrator(daemon: daemon)
    #expect(try administrator.setLogLevel(8).violatedFields() == ["level"])
    #expect(try administrator.setLogLevel(2, seconds: 0).violatedFields() == ["duration"])
    let week: UInt64 = 7 * 86_400
    #expect(try administrator.setLogLevel(2, seconds: week + 1).violatedFields() == ["duration"])
    #expect(
      try administrator.setLogLevel(2, seconds: .max).violatedFields() == ["duration"])
    #expect(try Self.levels(administrator.setLogLevel(nil)) == [3, 3, 3])
  }
}
