import Foundation
import SmartFlowClient
import TestSupport
import Testing

@Suite(.serialized) struct `Idempotency keys under load` {
  /// A little in every run of the tests, and more where somebody asks for it.
  private static var kills: Int {
    ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_ROUNDS"].flatMap { Int($0) } ?? 8
  }

  @Test(arguments: ["interval", "always"])
  func `are performed once each, whichever workers are killed`(sync: String) async throws {
    var generator = SeededGenerator(seed: 7)
    let daemon = try DaemonProcess(workers: 2, arguments: ["--journal-sync", sync])
    let load = try KeyedLoad(socketPath: daemon.socketPath, connections: 16)
    var kills = 0
    for _ in 0..<Self.kills {
      await load.untilAnswered(Int.random(in: 100...600, using: &generator))
      if let victim = daemon.workerProcessIDs().randomElement(using: &generator) {
        kill(victim, SIGKILL)
        kills += 1
      }
    }
    await load.untilAnswered(500)
    let outcome = await load.stop()
    #expect(try daemon.stop() == 0)
    report("--journal-sync \(sync): \(kills) kills of workers under 16 connections")
    try AuditedExecutions(in: daemon.statePath + "/audit").expect(outcome)
    #expect(Set(outcome.failures.keys).isSubset(of: ["UNAVAILABLE"]), "\(outcome)")
    #expect(outcome.replayed > outcome.answered / 2)
    let journals = try FileManager.default.contentsOfDirectory(
      atPath: daemon.statePath + "/journals")
    #expect(journals.isEmpty)
  }

  @Test func `survive upgrades that come while calls are always in hand`() async throws {
    let daemon = try DaemonProcess(workers: 2)
    let load = try KeyedLoad(socketPath: daemon.socketPath, connections: 8)
    await load.untilAnswered(500)
    let upgrades = 5
    for round in 1...upgrades {
      daemon.signal(SIGUSR2)
      let isDone = await comes(within: .seconds(60)) {
        ((try? daemon.logRecords(of: "upgraded"))?.count ?? 0) == round
      }
      try #require(isDone, "\(daemon.log().suffix(4000))")
      await load.untilAnswered(500)
    }
    let outcome = await load.stop()
    #expect(try daemon.stop() == 0)
    report("\(upgrades) upgrades under 8 connections")
    try AuditedExecutions(in: daemon.statePath + "/audit").expect(outcome)
    #expect(outcome.failures.isEmpty, "\(outcome)")
    #expect(!daemon.log().contains("upgrade_refused"))
  }
}
