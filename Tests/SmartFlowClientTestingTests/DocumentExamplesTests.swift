import Foundation
import SmartFlowClient
import SmartFlowClientCodable
import SmartFlowClientTesting
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// What examples print.
private let shown = Shown()

private final class Shown: @unchecked Sendable {
  // Unchecked: one lock around all there is.
  private let lock = NSLock()
  private var lines: [String] = []

  func add(_ line: String) { lock.withLock { lines.append(line) } }
  func contains(_ line: String) -> Bool { lock.withLock { lines.contains(line) } }
}

private func show(_ line: String) { shown.add(line) }

/// The examples of `contrib/docs/swift-client.md`, word for word.
@Suite(.timeLimit(.minutes(5))) struct `The Swift client's document` {
  private let winback = """
    {"type": "Condition", "parameters": {"expression": "daysInactive > 5"},
     "trueAction": {"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "Hello!"}}}
    """

  /// More than a busy machine takes.
  private let options = CallOptions(timeout: .seconds(60))

  private var tree: TreeMessage { .json(Array(winback.utf8)) }

  @Test func `shows a call as it is`() async throws {
    let server = try SmartFlowTestServer(trees: ["winback": winback])
    let endpoint = server.endpoint

    let client = try SmartFlowClient(endpoint: endpoint)
    let execution = try await client.execute(
      .reference(TreeReferenceMessage(treeID: "winback")),
      context: .structure(["daysInactive": .number(7), "name": .text("Maria")]), playerID: "maria",
      performing: ExecutionOptions(idempotencyKey: "maria-2026-11"),
      options: CallOptions(timeout: .seconds(30)))
    for action in execution.actions {
      switch action.decided {
      case .sendSMS(let phone, let message): show("\(phone): \(message)")
      case .grantBonus(let bonus): show("\(bonus.amount) \(bonus.currency ?? "")")
      case .sendEmail(_, let to, let subject, _): show("\(to): \(subject)")
      case .other(let type, let parameters): show("\(type) \(parameters)")
      }
    }
    await client.close()

    #expect(shown.contains("+1234567890: Hello!"))
    await server.stop()
  }

  @Test func `shows an error as it is`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()

    do {
      _ = try await client.execute(
        tree, context: .structure(["daysInactiv": .number(7)]), options: options)
    } catch {
      show("\(error.code.name) \(error.reason) at `\(error.path ?? "")`")
      show(error.metadata["property"] ?? "")
    }

    #expect(shown.contains("FAILED_PRECONDITION UNKNOWN_PROPERTY at ``"))
    #expect(shown.contains("daysInactive"))
    await client.close()
    await server.stop()
  }

  @Test func `shows a context of the caller's own type as it is`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()

    struct Player: Encodable {
      var name: String
      var daysInactive: Int
      var lastLogin: Date
    }
    let player = Player(
      name: "Maria", daysInactive: 7, lastLogin: Date(timeIntervalSince1970: 1_790_000_000))
    let execution = try await client.execute(
      tree, context: player, playerID: "maria", encoder: ContextEncoder(dates: .secondsSince1970),
      options: options)

    #expect(execution.actions.count == 1)
    #expect(
      try server.calls.first?.execution().context?.properties == [
        "name": .text("Maria"), "daysInactive": .number(7), "lastLogin": .number(1_790_000_000),
      ])
    await client.close()
    await server.stop()
  }

  @Test func `shows connection events as they are`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()

    let events = client.connectionEvents
    let watching = Task {
      for await event in events {
        switch event {
        case .connecting(let attempt): show("dial \(attempt)")
        case .connected: show("connected")
        case .serverDraining: show("the server is about to end")
        case .disconnected(let reason, _): show("no connection: \(reason)")
        case .closed: show("closed")
        }
      }
    }

    #expect(try await client.health(options: CallOptions(timeout: .seconds(60))) == .serving)
    await client.close()
    await watching.value
    for line in ["dial 1", "connected", "closed"] { #expect(shown.contains(line)) }
    await server.stop()
  }

  @Test func `shows a test of one's own as it is`() async throws {
    let server = try SmartFlowTestServer(trees: ["winback": winback], now: 1_790_000_000)
    let client = try server.client()
    server.failNext(
      with: .failure(.unavailable, reason: "OVERLOADED", retryDelay: .milliseconds(1)))
    let execution = try await client.execute(
      .reference(TreeReferenceMessage(treeID: "winback")),
      context: .structure(["daysInactive": .number(7)]), playerID: "maria",
      performing: ExecutionOptions(idempotencyKey: "k"), options: options)
    #expect(execution.actions.first?.type == "SendSMS")
    #expect(server.calls.count == 2)
    #expect(try server.calls.last?.execution().playerID == "maria")

    await client.close()
    await server.stop()
  }

  @Test func `holds nothing that is not here`() throws {
    func lines(_ path: String) throws -> [String] {
      try String(contentsOf: Project.file(path), encoding: .utf8)
        .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let here = try lines("Tests/SmartFlowClientTestingTests/DocumentExamplesTests.swift")
    var example: [String]?
    var count = 0
    for line in try lines("contrib/docs/swift-client.md") {
      if line == "```swift" {
        example = []
      } else if line == "```", let wanted = example {
        count += 1
        let isHere = here.indices.contains { here[$0...].starts(with: wanted) }
        #expect(isHere, "no test runs \(wanted)")
        example = nil
      } else {
        example?.append(line)
      }
    }
    #expect(count == 5)
  }
}
