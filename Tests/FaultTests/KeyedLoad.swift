import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// Clients that call a daemon with idempotency keys all the time, several of them with each key, and ask until they
/// have its answer.
actor KeyedLoad: LoadRun {
  /// What became of the keys.
  struct Outcome: LoadOutcome {
    /// Calls that were answered, and those that were told that somebody else's was performed.
    var answered = 0
    var replayed = 0
    /// Calls that failed, by their code; each was made again.
    var failures: [String: Int] = [:]
    /// The executions that a key's callers were told of, which should be one.
    var executions: [String: Set<String>] = [:]
    /// The actions of a key's answers, which should be the same.
    var actions: [String: Set<[String]>] = [:]
    /// How often an answer to a key said that it was the first.
    var firsts: [String: Int] = [:]

    /// Keys of which two callers were told different things.
    var torn: [String] {
      executions.keys.filter { executions[$0]?.count != 1 || actions[$0]?.count != 1 }
    }

    var description: String {
      let codes = failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      return
        "\(executions.count) keys, \(answered) calls answered, \(replayed) of them replayed, failed and made again: \(codes.isEmpty ? "none" : codes.joined(separator: ", ")); keys with different answers: \(torn.count)"
    }
  }

  private(set) var outcome = Outcome()
  var isOver = false
  private(set) var clients: [SmartFlowClient] = []
  private(set) var callers: [Task<Void, Never>] = []
  /// Callers of one key.
  private let callersOfKey: Int

  /// - Parameters:
  ///   - socketPath: The daemon's.
  ///   - connections: How many; each has two calls in flight.
  ///   - callersOfKey: How many callers, of different connections, share each key.
  /// - Throws: `ClientError` when the system has no thread to spare.
  init(socketPath: String, connections: Int, callersOfKey: Int = 4) throws {
    self.callersOfKey = callersOfKey
    for _ in 0..<connections {
      clients.append(try SmartFlowClient(endpoint: .path(socketPath)))
    }
    Task { await self.begin() }
  }

  private func begin() {
    // Of a connection's two callers each is in another group, and groups are of neighbours.
    for (index, client) in clients.enumerated() {
      for lane in 0..<2 {
        let group = "\(lane)-\((index + lane * 2) / callersOfKey)"
        callers.append(Task { await self.call(client, group) })
      }
    }
  }

  private func call(_ client: SmartFlowClient, _ group: String) async {
    var round = 0
    while !isOver {
      let key = "\(group)-\(round)"
      // A key is asked for until it is answered, also when all is over: what was begun is to be known.
      while !(await ask(client, key)) {}
      round += 1
    }
  }

  private func ask(_ client: SmartFlowClient, _ key: String) async -> Bool {
    var request = Ask.execution(Ask.tree())
    request.options = ExecutionOptions(idempotencyKey: key)
    do throws(ClientError) {
      let execution = try await client.execute(
        request, options: CallOptions(timeout: .seconds(20)))
      outcome.answered += 1
      if execution.replayed { outcome.replayed += 1 }
      outcome.executions[key, default: []].insert(execution.executionID)
      outcome.actions[key, default: []].insert(execution.actions.map(\.actionID))
      if !execution.replayed { outcome.firsts[key, default: 0] += 1 }
      return true
    } catch {
      outcome.failures[error.code.name, default: 0] += 1
      return false
    }
  }
}

/// What an audit has of executions and their actions.
struct AuditedExecutions {
  /// The actions of each record of an execution, of which there should be one.
  private(set) var records: [String: [[String]]] = [:]

  /// Reads all segments in a folder.
  init(in path: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasSuffix(".jsonl") {
      let text = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
      for line in text.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        guard let execution = object?["execution_id"] as? String else { continue }
        let actions = object?["actions"] as? [[String: Any]] ?? []
        records[execution, default: []].append(actions.compactMap { $0["action_id"] as? String })
      }
    }
  }

  /// Holds it against what callers were told: each key performed once, and nothing else.
  func expect(_ outcome: KeyedLoad.Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
    let told = Set(outcome.executions.values.flatMap { $0 })
    let missing = told.filter { records[$0] == nil }
    let repeated = records.filter { $0.value.count > 1 }
    let actionIDs = records.values.flatMap { $0.flatMap { $0 } }
    report(
      "\(outcome)\n\(records.count) executions in the audit with \(actionIDs.count) actions, \(missing.count) missing, \(repeated.count) repeated, \(records.count - told.count) that nobody was told of"
    )
    #expect(outcome.torn.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
    #expect(
      outcome.firsts.values.allSatisfy { $0 <= 1 }, "\(outcome)", sourceLocation: sourceLocation)
    #expect(missing.isEmpty && repeated.isEmpty, sourceLocation: sourceLocation)
    #expect(Set(records.keys) == told, sourceLocation: sourceLocation)
    #expect(Set(actionIDs).count == actionIDs.count, sourceLocation: sourceLocation)
  }
}
