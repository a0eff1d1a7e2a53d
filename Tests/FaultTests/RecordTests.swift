import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// Clients that have actions accepted all the time, and note each that they were told of.
private actor Players {
  private(set) var told: [String] = []
  private(set) var failures: [String: Int] = [:]
  private var isOver = false
  private var callers: [Task<Void, Never>] = []
  private var clients: [SmartFlowClient] = []

  init(socketPath: String, connections: Int) throws {
    for _ in 0..<connections {
      clients.append(try SmartFlowClient(endpoint: .path(socketPath)))
    }
  }

  func begin() {
    for client in clients {
      for _ in 0..<2 {
        callers.append(Task { while !self.isOver { await self.call(client) } })
      }
    }
  }

  private func call(_ client: SmartFlowClient) async {
    do throws(ClientError) {
      let execution = try await client.execute(
        Ask.execution(Ask.tree()), options: CallOptions(timeout: .seconds(10)))
      for action in execution.actions where action.status == .accepted {
        told.append(action.actionID)
      }
    } catch {
      failures[error.code.name, default: 0] += 1
    }
  }

  func untilTold(_ count: Int) async -> Bool {
    let wanted = told.count + count
    return await comes(within: .seconds(60)) { told.count >= wanted }
  }

  func end() async {
    isOver = true
    for caller in callers { await caller.value }
    for client in clients { await client.close() }
  }
}

@Suite(.serialized) struct `Whatever is killed under load` {
  /// A little in every run of the tests, and more where somebody asks for it.
  private static var rounds: Int {
    ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_ROUNDS"].flatMap { Int($0) } ?? 4
  }

  @Test(arguments: ["interval", "always"])
  func `every action that a client was told of stands in the audit, once`(
    sync: String
  ) async throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5)
    var told: [String] = []
    var failures: [String: Int] = [:]
    var workerKills = 0
    for round in 0..<Self.rounds {
      let daemon = try DaemonProcess(
        workers: 2, arguments: ["--journal-sync", sync, "--journal-size", "1MiB"], folder: folder)
      let players = try Players(socketPath: daemon.socketPath, connections: 8)
      await players.begin()
      for _ in 0..<3 {
        #expect(await players.untilTold(Int.random(in: 50...400, using: &generator)))
        if let victim = daemon.workerProcessIDs().randomElement(using: &generator) {
          kill(victim, SIGKILL)
          workerKills += 1
        }
      }
      #expect(await players.untilTold(Int.random(in: 50...400, using: &generator)))
      if round == Self.rounds - 1 {
        await players.end()
        #expect(try daemon.stop() == 0)
      } else {
        daemon.signal(SIGKILL)
        await players.end()
      }
      told += await players.told
      failures.merge(await players.failures) { $0 + $1 }
    }
    let recorded = try Self.actionIDs(in: folder.path("state/audit"))
    let counts = Dictionary(grouping: recorded) { $0 }.mapValues(\.count)
    let missing = told.filter { counts[$0] == nil }
    let repeated = counts.filter { $0.value > 1 }
    report(
      """
      --journal-sync \(sync): \(Self.rounds) rounds, \(Self.rounds - 1) kills of the keeper, \(workerKills) of workers
      \(told.count) actions told of, \(recorded.count) in the audit, \(missing.count) missing, \(repeated.count) repeated
      calls that failed: \(failures)
      """)
    #expect(missing.isEmpty)
    #expect(repeated.isEmpty)
    #expect(told.count > 100)
    #expect(Set(failures.keys).isSubset(of: ["UNAVAILABLE"]), "\(failures)")
    #expect(try Self.verify(folder) == 0)
  }

  private static func actionIDs(in path: String) throws -> [String] {
    var ids: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasSuffix(".jsonl") {
      for line in try String(contentsOfFile: path + "/" + name, encoding: .utf8).split(
        separator: "\n")
      {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        for action in object?["actions"] as? [[String: Any]] ?? [] {
          ids.append(try #require(action["action_id"] as? String))
        }
      }
    }
    return ids
  }

  /// What `smartflow audit verify` says, as its exit status.
  private static func verify(_ folder: TemporaryFolder) throws -> Int32 {
    let process = Process()
    process.executableURL = try DaemonProcess.programFolder().appending(path: "smartflow")
    process.arguments = [
      "audit", "verify", folder.path("state/audit"), "--public-key",
      folder.path("state/audit.key.pub"), "--checkpoints",
      folder.path("state/audit-checkpoints.jsonl"),
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
