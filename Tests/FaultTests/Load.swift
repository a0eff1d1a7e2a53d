import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// Clients that call a daemon all the time, and count what becomes of each call.
actor Load: LoadRun {
  /// What became of the calls.
  struct Outcome: LoadOutcome {
    var made = 0
    var answered = 0
    /// Calls that failed, by their code.
    var failures: [String: Int] = [:]

    /// Calls that came to nothing at all: neither an answer nor a failure.
    var lost: Int { made - answered - failures.values.reduce(0, +) }

    var description: String {
      let codes = failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      return
        "\(made) calls made, \(answered) answered, failed: \(codes.isEmpty ? "none" : codes.joined(separator: ", ")), lost without an answer: \(lost)"
    }
  }

  private(set) var outcome = Outcome()
  var isOver = false
  private(set) var clients: [SmartFlowClient] = []
  private(set) var callers: [Task<Void, Never>] = []

  /// Begins to call a daemon, with two calls in flight on each connection: one that performs, and a dry run.
  init(socketPath: String, connections: Int) throws {
    for _ in 0..<connections {
      clients.append(try SmartFlowClient(endpoint: .path(socketPath)))
    }
    Task { await self.begin() }
  }

  private func begin() {
    for client in clients {
      for dryRun in [false, true] {
        callers.append(
          Task {
            while self.take() {
              await self.note(
                client.failure(
                  Ask.tree(), CallOptions(timeout: .seconds(30)), dryRun: dryRun))
            }
          })
      }
    }
  }

  private func take() -> Bool {
    if isOver { return false }
    outcome.made += 1
    return true
  }

  private func note(_ failure: ClientError?) {
    if let failure {
      outcome.failures[failure.code.name, default: 0] += 1
    } else {
      outcome.answered += 1
    }
  }
}
