import Foundation
import SmartFlowClient
import SmartFlowClientTesting
import SmartFlowMessages
import Testing

/// PROTOCOL.md, "Clients", sentence by sentence, against a server that misbehaves.
@Suite(.timeLimit(.minutes(5))) struct `What a client sends again` {
  private static let patient = CallOptions(timeout: .seconds(120))

  private func failure(_ body: () async throws -> Void) async throws -> ClientError {
    do {
      try await body()
    } catch {
      return try #require(error as? ClientError, "\(error)")
    }
    throw ClientError(.internal, "the call was answered")
  }

  private static func refusal(_ delay: Duration = .milliseconds(1)) -> TestAnswer {
    .failure(.unavailable, reason: "OVERLOADED", retryDelay: delay)
  }

  private static func execute(
    _ client: SmartFlowClient, _ execution: ExecutionOptions,
    _ options: CallOptions = patient
  ) async throws -> ExecutionMessage {
    try await client.execute(
      .json(Array(#"{"type":"GrantBonus","parameters":{"amount":5}}"#.utf8)), playerID: "p",
      performing: execution, options: options)
  }

  @Test(arguments: [ExecutionOptions(dryRun: true), ExecutionOptions(idempotencyKey: "k")])
  func `is a safe call that the server would take later, when it said so`(
    execution: ExecutionOptions
  ) async throws {
    let server = try SmartFlowTestServer()
    server.failNext(2, with: Self.refusal(.milliseconds(30)))
    let client = try server.client()
    let start = ContinuousClock.now
    #expect(try await Self.execute(client, execution).actions.count == 1)
    // Never before the server's own delay, and twice as long the second time.
    #expect(ContinuousClock.now - start >= .milliseconds(90))
    #expect(server.calls.count == 3)
    await client.close()
    await server.stop()
  }

  @Test func `is not a call that may perform twice, whatever the server says`() async throws {
    let server = try SmartFlowTestServer()
    server.failNext(with: Self.refusal())
    let client = try server.client()
    let error = try await failure { _ = try await Self.execute(client, ExecutionOptions()) }
    #expect(error.code == .unavailable)
    #expect(error.reason == "OVERLOADED")
    #expect(error.retryDelay == .milliseconds(1))
    #expect(!error.isTransport)
    #expect(server.calls.count == 1)
    await client.close()
    await server.stop()
  }

  @Test func `is refused for good the third time, with what the server said`() async throws {
    let server = try SmartFlowTestServer { _ in Self.refusal() }
    let client = try server.client()
    let error = try await failure {
      _ = try await Self.execute(client, ExecutionOptions(dryRun: true))
    }
    #expect(error.reason == "OVERLOADED")
    #expect(server.calls.count == 3)
    await client.close()
    await server.stop()
  }

  @Test(arguments: [
    // Without a delay the server does not want it again, and other codes are the answer.
    TestAnswer.failure(.unavailable, reason: "JOURNAL_NOT_SYNCHRONIZED"),
    .failure(.resourceExhausted, retryDelay: .milliseconds(1)), .failure(.aborted),
    // Later than there is time for.
    .failure(.unavailable, reason: "OVERLOADED", retryDelay: .seconds(3600)),
  ])
  func `is not a call whose answer is final`(answer: TestAnswer) async throws {
    let server = try SmartFlowTestServer { _ in answer }
    let client = try server.client()
    let error = try await failure {
      _ = try await Self.execute(client, ExecutionOptions(dryRun: true))
    }
    #expect(!error.isTransport)
    #expect(server.calls.count == 1)
    await client.close()
    await server.stop()
  }

  @Test func `is not a call that wants to know now`() async throws {
    let server = try SmartFlowTestServer { _ in Self.refusal() }
    let client = try server.client()
    let error = try await failure {
      _ = try await Self.execute(
        client, ExecutionOptions(dryRun: true),
        CallOptions(timeout: .seconds(60), waitsForServer: false))
    }
    #expect(error.code == .unavailable)
    #expect(server.calls.count == 1)
    await client.close()
    await server.stop()
  }

  @Test func `performs once under a key, though the first answer was lost`() async throws {
    let server = try SmartFlowTestServer { $0.number == 1 ? .decidedAndLost : .decided }
    let client = try server.client()
    let first = try await Self.execute(client, ExecutionOptions(idempotencyKey: "k"))
    let second = try await Self.execute(client, ExecutionOptions(idempotencyKey: "k"))
    #expect(first.replayed)
    #expect(second.replayed)
    #expect(second.executionID == first.executionID)
    #expect(server.calls.count == 3)
    await client.close()
    await server.stop()
  }

  @Test(arguments: [(["a", "b"], 3), (["a", ""], 1)])
  func `is a batch with a key for each item, and no other`(keys: [String], calls: Int)
    async throws
  {
    let server = try SmartFlowTestServer { _ in .hangUp }
    let client = try server.client()
    let request = ExecuteBatchRequestMessage(
      tree: .json([]), items: keys.map { .init(idempotencyKey: $0) })
    let error = try await failure {
      _ = try await client.executeBatch(request, options: Self.patient)
    }
    #expect(error.isConnectionLost)
    #expect(server.calls.count == calls)
    await client.close()
    await server.stop()
  }

  @Test func `ends with the deadline of the call, which is one for all that is sent`() async throws
  {
    let server = try SmartFlowTestServer()
    server.failNext(with: Self.refusal())
    server.failNext(with: .silence)
    let client = try server.client()
    let error = try await failure {
      _ = try await Self.execute(
        client, ExecutionOptions(dryRun: true), CallOptions(timeout: .seconds(3)))
    }
    #expect(error.code == .deadlineExceeded)
    #expect(error.isTransport)
    await client.close()
    await server.stop()
  }

  @Test func `waits here while the connection has all the calls that the server lets it have`()
    async throws
  {
    let hold = TestHold()
    let server = try SmartFlowTestServer { _ in .held(hold, then: .decided) }
    let client = try server.client()
    async let served = withThrowingTaskGroup(of: HealthCheckResponse.Status.self) { group in
      for _ in 0..<1000 { group.addTask { try await client.health(options: Self.patient) } }
      return try await group.reduce(0) { $0 + ($1 == .serving ? 1 : 0) }
    }
    // The server refuses the 257th; here none is refused.
    await server.calls(atLeast: 256)
    hold.release()
    #expect(try await served == 1000)
    #expect(server.calls.count == 1000)
    await client.close()
    await server.stop()
  }

  @Test func `leaves a connection on which nobody answers, once its calls are given up`()
    async throws
  {
    let server = try SmartFlowTestServer { $0.number <= 256 ? .silence : .decided }
    let client = try server.client()
    let unanswered = (0..<256).map { _ in
      Task { try await client.health(options: Self.patient) }
    }
    await server.calls(atLeast: 256)
    for call in unanswered { call.cancel() }
    for call in unanswered { _ = await call.result }
    #expect(try await client.health(options: Self.patient) == .serving)
    #expect(server.calls.last?.connection == 2)
    await client.close()
    await server.stop()
  }

  @Test func `does not go out when no frame could hold it`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let error = try await failure {
      _ = try await client.call(
        service: "s", method: "m", payload: [UInt8](repeating: 0, count: (4 << 20) + 1),
        options: Self.patient)
    }
    #expect(error.code == .resourceExhausted)
    #expect(error.reason == "MESSAGE_TOO_LARGE")
    #expect(server.calls.isEmpty)
    await client.close()
    await server.stop()
  }
}
