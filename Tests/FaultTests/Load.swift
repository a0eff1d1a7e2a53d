import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// Clients that call a daemon all the time, and count what becomes of each call.
actor Load {
  /// What became of the calls.
  struct Outcome: CustomStringConvertible {
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

  private var outcome = Outcome()
  private var isOver = false
  private var clients: [SmartFlowClient] = []
  private var callers: [Task<Void, Never>] = []

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

  /// Waits for so many answers more; a minute without them is a failure of the test.
  func untilAnswered(_ count: Int) async {
    let wanted = outcome.answered + count
    let came = await comes(within: .seconds(60)) { outcome.answered >= wanted }
    #expect(came, "\(count) more answers did not come within a minute: \(outcome)")
  }

  /// Lets the calls that are under way come to their end, and gives the count.
  func stop() async -> Outcome {
    isOver = true
    for caller in callers { await caller.value }
    for client in clients { await client.close() }
    return outcome
  }
}
