import SmartFlowClient
import Testing

/// What became of the calls of a load.
protocol LoadOutcome: CustomStringConvertible, Sendable {
  var answered: Int { get }
}

/// Clients that call a daemon until they are told to stop.
protocol LoadRun: Actor {
  associatedtype Outcome: LoadOutcome
  var outcome: Outcome { get }
  var isOver: Bool { get set }
  var clients: [SmartFlowClient] { get }
  var callers: [Task<Void, Never>] { get }
}

extension LoadRun {
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
