import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

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

  @Test func `keep no upgrade waiting, though there is no moment without one`() async throws {
    let daemon = try DaemonProcess(workers: 2, arguments: HeavyTree.fuelLimit)
    let clients = try (0..<4).map { _ in
      try SmartFlowClient(endpoint: .path(daemon.socketPath))
    }
    let isOver = Locked(false)
    let callers = clients.enumerated().map { index, client in
      Task {
        var codes: Set<String> = []
        var round = 0
        while !isOver.withLock({ $0 }) {
          // Each has its key until its deadline, and the others have theirs meanwhile.
          codes.insert(await Self.longCall(client, key: "\(index)-\(round)"))
          round += 1
        }
        return codes
      }
    }
    for round in 1...2 {
      daemon.signal(SIGUSR2)
      let isDone = await comes(within: .seconds(60)) {
        ((try? daemon.logRecords(of: "upgraded"))?.count ?? 0) == round
          || daemon.log().contains("upgrade_refused")
      }
      #expect(isDone && !daemon.log().contains("upgrade_refused"), "\(daemon.log().suffix(2000))")
    }
    isOver.withLock { $0 = true }
    for caller in callers { #expect(await caller.value == ["DEADLINE_EXCEEDED"]) }
    for client in clients { await client.close() }
    #expect(try daemon.stop() == 0)
  }

  /// How a call ends that takes longer than its second.
  private static func longCall(_ client: SmartFlowClient, key: String) async -> String {
    let request = ExecuteTreeRequestMessage(
      tree: .json(Array(HeavyTree.json.utf8)),
      context: .json(Array(HeavyTree.longContext.utf8)), playerID: "p",
      options: ExecutionOptions(idempotencyKey: key))
    do throws(ClientError) {
      _ = try await client.execute(
        request, options: CallOptions(timeout: .seconds(1), grace: .seconds(10)))
      return "answered"
    } catch {
      return error.code.name
    }
  }

  /// Waits until somebody has died, and asks again with the key.
  private func executionAfterDeath(
    _ fault: String, sync: String
  ) async throws -> (records: [String: [[String]]], execution: ExecutionMessage, code: String?) {
    let daemon = try FaultDaemon(arguments: ["--journal-sync", sync])
    let client = try daemon.client()
    var request = Ask.execution(Ask.tree())
    request.options = ExecutionOptions(idempotencyKey: "k")
    let lost = await code(of: request, by: client, fault: fault)
    _ = try await daemon.deaths(1)
    let execution = try await client.execute(request, options: Ask.options())
    await client.close()
    #expect(try daemon.process.stop() == 0)
    let audited = try AuditedExecutions(in: daemon.process.statePath + "/audit")
    return (audited.records, execution, lost)
  }

  private func code(
    of request: ExecuteTreeRequestMessage, by client: SmartFlowClient, fault: String
  ) async -> String? {
    do throws(ClientError) {
      // `call` leaves a call that was lost to its caller; `execute` would send this one again.
      _ = try await client.call(request, options: Ask.options(fault))
      return nil
    } catch {
      return error.code.name
    }
  }

  @Test(
    .enabled(if: FaultWorker.isBuilt, "the faulty worker is not built"),
    arguments: ["interval", "always"])
  func `have their answer where a worker ends between record and answer`(sync: String)
    async throws
  {
    // With `always` the keeper has not been told yet: the answer stands in the journal alone.
    let (records, execution, code) = try await executionAfterDeath("trap@answer", sync: sync)
    #expect(code == "UNAVAILABLE")
    #expect(execution.replayed)
    #expect(records == [execution.executionID: [execution.actions.map(\.actionID)]])
  }

  @Test(
    .enabled(if: FaultWorker.isBuilt, "the faulty worker is not built"),
    arguments: ["interval", "always"])
  func `are free where a worker ends before the record`(sync: String) async throws {
    let (records, execution, code) = try await executionAfterDeath("trap@record", sync: sync)
    #expect(code == "UNAVAILABLE")
    #expect(!execution.replayed)
    #expect(records == [execution.executionID: [execution.actions.map(\.actionID)]])
  }
}
