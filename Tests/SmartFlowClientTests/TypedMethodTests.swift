import SmartFlowClient
import SmartFlowClientTesting
import SmartFlowMessages
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A typed method` {
  private static let patient = CallOptions(timeout: .seconds(120))

  @Test func `executes a batch, each item with a result of its own`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let tree = #"{"type":"GrantBonus","parameters":{"amount":"{{balance}}"}}"#
    let results = try await client.executeBatch(
      ExecuteBatchRequestMessage(
        tree: .json(Array(tree.utf8)),
        items: [
          .init(context: .structure(["balance": .number(5)])), .init(context: .structure([:])),
        ]), options: Self.patient)
    try #require(results.count == 2)
    #expect(
      try results[0].get().actions.first?.decided == .grantBonus(GrantedBonus(amount: 5)))
    let error = try #require(throws: ClientError.self) { try results[1].get() }
    #expect(error.code == .failedPrecondition)
    #expect(error.reason == "UNKNOWN_PROPERTY")
    #expect(error.metadata["property"] == "balance")
    #expect(error.path == "")
    await client.close()
    await server.stop()
  }

  @Test func `does not take fewer results than there are items`() async throws {
    let server = try SmartFlowTestServer { _ in
      .message(ExecuteBatchResponseMessage(results: []))
    }
    let client = try server.client()
    let error = try await #require(throws: ClientError.self) {
      try await client.executeBatch(
        ExecuteBatchRequestMessage(tree: nil, items: [.init()]), options: Self.patient)
    }
    #expect(error.code == .internal)
    await client.close()
    await server.stop()
  }

  @Test func `validates, and names the place of each finding`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let tree = #"{"type":"SendSMS","parameters":{"phone":"1"}}"#
    let found = try await client.validate(.json(Array(tree.utf8)), options: Self.patient)
    #expect(!found.isValid)
    #expect(found.diagnostics.contains { $0.path == "/parameters/phone" })
    await client.close()
    await server.stop()
  }

  @Test func `explains with a trace, and performs nothing`() async throws {
    let server = try SmartFlowTestServer(now: 1_790_000_000)
    let client = try server.client()
    let tree = """
      {"type": "Condition", "parameters": {"expression": "daysInactive > 5"},
       "trueAction": {"type": "GrantBonus", "parameters": {"amount": 1}}}
      """
    let explained = try await client.explain(
      .json(Array(tree.utf8)), context: .structure(["daysInactive": .number(7)]), playerID: "p",
      options: Self.patient)
    #expect(explained.status == .dryRun)
    #expect(explained.actions.map(\.status) == [.notPerformed])
    #expect(explained.trace.map(\.result) == ["true"])
    await client.close()
    await server.stop()
  }

  @Test func `reaches every method of the admin socket`() async throws {
    let version = TreeVersionMessage(treeID: "t", version: 3, treeDigest: [])
    let options = Self.patient
    let server = try SmartFlowTestServer { call in
      switch call.method {
      case .getTree: .message(GetTreeResponse(version: version))
      case .publishTree: .message(PublishTreeResponseMessage(version: version))
      case .activateTree: .message(ActivateTreeResponse(version: version, previousVersion: 2))
      case .retireTree: .message(RetireTreeResponse())
      case .listTrees: .message(ListTreesResponse(trees: [], nextPageToken: "n"))
      case .listTreeVersions: .message(ListTreeVersionsResponse(versions: [version]))
      case .getServerInfo: .message(GetServerInfoResponseMessage(version: "1.2.3"))
      case .getMetrics: .message(GetMetricsResponse(contentType: "t", text: []))
      case .drain: .message(DrainResponse(grace: .seconds(1), keeperPID: 1))
      case .liftQuarantine: .message(LiftQuarantineResponse())
      case .setLogLevel:
        .message(
          SetLogLevelResponse(level: .debug, previous: .info, remaining: nil, usual: .info))
      default: .silence
      }
    }
    let client = try server.client()
    #expect(try await client.tree("t", version: 3, options: options).version == 3)
    let published = try await client.publish(
      PublishTreeRequestMessage(treeID: "t", tree: .json([])), options: options)
    #expect(published.version?.version == 3)
    #expect(try await client.activate("t", version: 3, options: options).previousVersion == 2)
    try await client.retire("t", options: options)
    #expect(try await client.listTrees(options: options).nextPageToken == "n")
    let versions = try await client.listTreeVersions(
      ListTreeVersionsRequest(treeID: "t"), options: options)
    #expect(versions.versions.count == 1)
    #expect(try await client.serverInfo(options: options).version == "1.2.3")
    #expect(try await client.metrics(options: options).contentType == "t")
    #expect(try await client.drain(options: options).grace == .seconds(1))
    try await client.liftQuarantine(digest: [1], options: options)
    #expect(try await client.setLogLevel(.debug, options: options).previous == .info)
    await client.close()
    await server.stop()
    let admin = Method.allCases.filter { $0.socket == .admin }
    #expect(Set(server.calls.compactMap(\.method)) == Set(admin))
  }

  @Test func `gives actions their types, and the rest as they are`() {
    func action(_ type: String, _ parameters: [String: StructValue]) -> DecidedAction {
      ActionResultMessage(type: type, parameters: parameters).decided
    }
    #expect(
      action("SendSMS", ["phone": .text("+1"), "message": .text("Hi")])
        == .sendSMS(phone: "+1", message: "Hi"))
    #expect(
      action("SendEmail", ["from": .text("a"), "to": .text("b"), "subject": .text("c")])
        == .sendEmail(from: "a", to: "b", subject: "c", body: nil))
    #expect(
      action("GrantBonus", ["amount": .number(2.5), "expiresInDays": .number(7)])
        == .grantBonus(GrantedBonus(amount: 2.5, expiresInDays: 7)))
    #expect(
      action("SendSMS", ["phone": .number(1)])
        == .other(type: "SendSMS", parameters: ["phone": .number(1)]))
    #expect(
      action("Own", ["x": .logical(true)]) == .other(type: "Own", parameters: ["x": .logical(true)])
    )
  }
}
