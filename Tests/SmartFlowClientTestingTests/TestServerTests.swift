import Foundation
import SmartFlowClient
import SmartFlowClientTesting
import SmartFlowMessages
import Testing
import UnixSocket

@Suite(.timeLimit(.minutes(5))) struct `A test server` {
  private static let patient = CallOptions(timeout: .seconds(120))
  private static let maria = """
    {"type": "Condition", "parameters": {"expression": "daysInactive > 5"},
     "trueAction": {"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "{{name}}"}}}
    """

  @Test func `decides with the real engine, given trees and published ones`() async throws {
    let server = try SmartFlowTestServer(trees: ["winback": Self.maria])
    let client = try server.client()
    let context = ContextMessage.json(Array(#"{"daysInactive": 7, "name": "Maria"}"#.utf8))
    for tree in [
      TreeMessage.json(Array(Self.maria.utf8)), .reference(TreeReferenceMessage(treeID: "winback")),
    ] {
      let execution = try await client.execute(tree, context: context, options: Self.patient)
      #expect(execution.status == .completed)
      #expect(
        execution.actions.map(\.decided) == [.sendSMS(phone: "+1234567890", message: "Maria")])
      #expect(execution.treeDigest.count == 32)
    }
    let error = try await #require(throws: ClientError.self) {
      try await client.execute(
        .reference(TreeReferenceMessage(treeID: "other")), options: Self.patient)
    }
    #expect(error.code == .notFound)
    #expect(error.resource?.name == "other")
    await client.close()
    await server.stop()
  }

  @Test func `takes trees and contexts of messages`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let node = NodeMessage(
      type: "GrantBonus", parameters: ["amount": .text("{{balance * 2}}")], id: "n")
    let execution = try await client.execute(
      .node(node), context: .structure(["balance": .number(4)]), options: Self.patient)
    #expect(execution.actions.map(\.decided) == [.grantBonus(GrantedBonus(amount: 8))])
    #expect(execution.actions.first?.nodeID == "n")
    await client.close()
    await server.stop()
  }

  @Test(arguments: [
    ("{", "{}", ClientError.Code.invalidArgument),
    (#"{"type": "SendSMSS"}"#, "{}", .invalidArgument),
    (Self.maria, "[]", .invalidArgument), (Self.maria, "{}", .failedPrecondition),
    (Self.maria, #"{"daysInactive": "x"}"#, .failedPrecondition),
  ])
  func `refuses with the daemon's codes`(
    tree: String, context: String, code: ClientError.Code
  ) async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let error = try await #require(throws: ClientError.self) {
      try await client.execute(
        .json(Array(tree.utf8)), context: .json(Array(context.utf8)), options: Self.patient)
    }
    #expect(error.code == code, "\(error)")
    await client.close()
    await server.stop()
  }

  @Test func `says which part of an expression failed, as the daemon does`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let error = try await #require(throws: ClientError.self) {
      try await client.execute(.json(Array(Self.maria.utf8)), options: Self.patient)
    }
    #expect(error.reason == "UNKNOWN_PROPERTY")
    #expect(
      error.metadata == [
        "path": "", "expression": "daysInactive > 5", "property": "daysInactive", "start": "0",
        "end": "12",
      ])
    await client.close()
    await server.stop()
  }

  @Test func `names an action's parameters that a context does not fit`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let tree = #"{"type": "GrantBonus", "parameters": {"amount": "{{amount}}"}}"#
    let execution = try await client.execute(
      .json(Array(tree.utf8)), context: .json(Array(#"{"amount": "much"}"#.utf8)),
      options: Self.patient)
    let details = try #require(execution.actions.first?.error?.details)
    let fields: [String] = details.flatMap { detail -> [String] in
      if case .badRequest(let violations) = detail { return violations.map(\.field) }
      return []
    }
    #expect(fields == ["tree/parameters/amount"])
    await client.close()
    await server.stop()
  }

  @Test func `records what it was asked`() async throws {
    let server = try SmartFlowTestServer { _ in .actions([]) }
    let client = try server.client()
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    var options = Self.patient
    options.metadata = [("traceparent", trace)]
    _ = try await client.execute(
      .json(Array(Self.maria.utf8)), context: .structure(["daysInactive": .number(3)]),
      playerID: "maria", performing: ExecutionOptions(idempotencyKey: "k"), options: options)
    let call = try #require(server.calls.first)
    #expect(call.method == .executeTree)
    #expect(call.name == "smartflow.v1.ExecutionService/ExecuteTree")
    #expect(call.traceparent == trace)
    #expect(call.timeout > .zero && call.timeout <= .seconds(120))
    let asked = try call.execution()
    #expect(asked.playerID == "maria")
    #expect(asked.options.idempotencyKey == "k")
    #expect(asked.tree == .json(Array(Self.maria.utf8)))
    #expect(asked.context?.properties == ["daysInactive": .number(3)])
    await client.close()
    await server.stop()
  }

  @Test func `keeps answers back until they are let go, and answers others meanwhile`() async throws
  {
    let hold = TestHold()
    let server = try SmartFlowTestServer { call in
      call.number == 1 ? .held(hold, then: .decided) : .decided
    }
    let client = try server.client()
    let first = Task { try await client.health(options: Self.patient) }
    await server.calls(atLeast: 1)
    #expect(try await client.health(options: Self.patient) == .serving)
    hold.release()
    #expect(try await first.value == .serving)
    await client.close()
    await server.stop()
  }

  @Test func `ends connections when it is told to, and refuses new ones`() async throws {
    let server = try SmartFlowTestServer { $0.number == 1 ? .silence : .decided }
    let client = try server.client()
    let call = Task { try await client.call(HealthCheckRequest(), options: Self.patient) }
    await server.calls(atLeast: 1)
    server.refuseConnections(2)
    server.dropConnections()
    let error = try await #require(throws: ClientError.self) { try await call.value }
    #expect(error.isConnectionLost)
    #expect(try await client.health(options: Self.patient) == .serving)
    await client.close()
    await server.stop()
  }

  @Test func `says that it has no answer to what nobody has scripted`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let error = try await #require(throws: ClientError.self) {
      try await client.drain(options: Self.patient)
    }
    #expect(error.code == .unimplemented)
    await client.close()
    await server.stop()
  }

  @Test func `leaves nothing behind, stopped or let go of`() async throws {
    var server: SmartFlowTestServer? = try SmartFlowTestServer()
    let path = try #require(server?.endpoint.description.replacing("unix://", with: ""))
    #expect(FileManager.default.fileExists(atPath: path))
    await server?.stop()
    #expect(
      !FileManager.default.fileExists(atPath: URL(filePath: path).deletingLastPathComponent().path))
    // A second time, and what waits, ends at once.
    await server?.stop()
    #expect(await server?.calls(atLeast: 1).isEmpty == true)
    server = nil
  }
}
