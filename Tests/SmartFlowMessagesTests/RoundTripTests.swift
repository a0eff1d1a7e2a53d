import SmartFlowMessages
import Testing

@Suite struct `What one end writes, the other reads` {
  @Test func `a request to execute a tree`() throws {
    let bytes = Samples.executeTree.bytes
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    #expect(try CapturedTree(request.tree) == .node(Samples.node.json))
    #expect(try CapturedContext(request.context) == .structure(.object(Samples.parameters)))
    #expect(request.playerID == "player-7")
    #expect(request.options == Samples.options)
  }

  @Test func `an empty request to execute a tree`() throws {
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: RawSpan(), in: &arena)
    #expect(try CapturedTree(request.tree) == .none)
    #expect(try CapturedContext(request.context) == .none)
    #expect(request.playerID == "")
    #expect(request.options == ExecutionOptions())
  }

  @Test(
    arguments: [
      (TreeMessage.json([0x7B, 0x7D]), CapturedTree.json([0x7B, 0x7D])), (.json([]), .json([])),
      (.reference(.init(treeID: "t", version: .max)), .reference("t", .max)),
      (.reference(.init(treeID: "")), .reference("", 0)),
      (.node(.init(type: "")), .node(.object([:]))),
    ])
  func `each way to name a tree`(sent: TreeMessage, received: CapturedTree) throws {
    var arena = MessageArena()
    let single = ExecuteTreeRequestMessage(tree: sent).bytes
    let request = try ExecuteTreeRequest(decoding: single.span.bytes, in: &arena)
    #expect(try CapturedTree(request.tree) == received)

    let many = ExecuteBatchRequestMessage(tree: sent, items: []).bytes
    let batch = try ExecuteBatchRequest(decoding: many.span.bytes)
    #expect(try CapturedTree(batch.tree) == received)
    let count = batch.itemCount
    #expect(count == 0)
  }

  @Test func `the bytes of a node are named, for caches`() throws {
    let bytes = Samples.executeTree.bytes
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
    guard case .node(let node) = request.tree else {
      Issue.record("no node")
      return
    }
    // The same bytes as field 2 of another message are the same node.
    let again = ValidateTreeRequestMessage(tree: .node(Samples.node)).bytes
    let held = node.array
    #expect(held == Array(again.suffix(held.count)))
  }

  @Test func `a batch`() throws {
    let batch = try CapturedBatch(decoding: Samples.executeBatch.bytes)
    #expect(batch.tree == .reference("win-back", 12))
    #expect(batch.options == Samples.options)
    #expect(
      batch.contexts == [
        .structure(.object(Samples.parameters)), .json(Array(#"{"a":1}"#.utf8)), .none,
      ])
    #expect(batch.playerIDs == ["p1", "p2", ""])
    #expect(batch.idempotencyKeys == ["k1", "", ""])
  }

  @Test func `the arena of one batch serves the next`() throws {
    let bytes = Samples.executeBatch.bytes
    let arena = try ExecuteBatchRequest(decoding: bytes.span.bytes).relinquishArena()
    let capacity = arena.capacityBytes
    let again = try ExecuteBatchRequest(decoding: bytes.span.bytes, in: arena).relinquishArena()
    #expect(again.capacityBytes == capacity)
  }

  @Test func `a request to validate a tree`() throws {
    let bytes = Samples.validateTree.bytes
    var arena = MessageArena()
    let request = try ValidateTreeRequest(decoding: bytes.span.bytes, in: &arena)
    #expect(try CapturedTree(request.tree) == .node(Samples.node.json))
    let schema = request.contextSchema.array
    #expect(schema == Samples.validateTree.contextSchema)
  }

  @Test func `requests of health and administration`() throws {
    var arena = MessageArena()
    let sent = HealthCheckRequest(service: "smartflow.v1.ExecutionService")
    let bytes = sent.bytes
    let received = try HealthCheckRequest(decoding: bytes.span.bytes, in: &arena)
    #expect(received == sent)
    #expect(GetServerInfoRequest().bytes.isEmpty)
    for info in [GetServerInfoRequest(), GetServerInfoRequest(includesConfiguration: true)] {
      let bytes = info.bytes
      #expect(try GetServerInfoRequest(decoding: bytes.span.bytes, in: &arena) == info)
    }
    let lift = LiftQuarantineRequest(digest: Array(0..<32))
    let liftBytes = lift.bytes
    #expect(try LiftQuarantineRequest(decoding: liftBytes.span.bytes, in: &arena) == lift)
    for metrics in [GetMetricsRequest(), GetMetricsRequest(format: .openMetrics)] {
      let bytes = metrics.bytes
      #expect(try GetMetricsRequest(decoding: bytes.span.bytes, in: &arena) == metrics)
    }
    for level in LogLevelMessage.allCases {
      let request = SetLogLevelRequest(level: level, duration: .seconds(600))
      let bytes = request.bytes
      #expect(try SetLogLevelRequest(decoding: bytes.span.bytes, in: &arena) == request)
    }
    #expect(DrainRequest().bytes.isEmpty)
    #expect(try DrainRequest(decoding: RawSpan(), in: &arena) == DrainRequest())
  }

  @Test func `an enum of a later version is not taken for one that is known`() throws {
    var arena = MessageArena()
    let bytes = WireBytes.field(1, varint: 99)
    #expect(try GetMetricsRequest(decoding: bytes.span.bytes, in: &arena).format == nil)
    #expect(try SetLogLevelRequest(decoding: bytes.span.bytes, in: &arena).level == nil)
  }

  @Test func `every response`() throws {
    func check<Response: ResponseMessage>(_ response: Response) throws {
      #expect(try Response(reading: response.bytes) == response)
    }
    try check(Samples.executeTreeResponse)
    try check(ExecuteTreeResponseMessage(execution: nil))
    try check(ExecuteTreeResponseMessage(execution: ExecutionMessage()))
    try check(Samples.executeBatchResponse)
    try check(Samples.validateTreeResponse)
    try check(ValidateTreeResponseMessage(isValid: false))
    try check(Samples.serverInfo)
    try check(GetServerInfoResponseMessage())
    try check(LiftQuarantineResponse())
    try check(Samples.metrics)
    try check(Samples.logLevel)
    try check(SetLogLevelResponse(level: .info, previous: .unspecified, usual: .critical))
    try check(Samples.drain)
    for status in [HealthCheckResponse.Status.unknown, .serving, .notServing] {
      try check(HealthCheckResponse(status: status))
      try check(HealthListResponse(statuses: ["": status, "a.B": .serving]))
    }
  }

  @Test(
    arguments: [
      (.max, Int32.max, 315_576_000_000), (.min, .min, -315_576_000_000), (-1, -500_000_000, -1),
      (0, 999_999_999, 0),
    ] as [(Int64, Int32, Int64)])
  func `a duration of any two numbers`(seconds: Int64, nanoseconds: Int32, whole: Int64) throws {
    let duration =
      WireBytes.field(1, varint: UInt64(bitPattern: seconds))
      + WireBytes.field(2, varint: UInt64(bitPattern: Int64(nanoseconds)))
    let response = try GetServerInfoResponseMessage(reading: WireBytes.field(3, duration))
    #expect(response.uptime?.components.seconds == whole)
    #expect(try GetServerInfoResponseMessage(reading: response.bytes) == response)
  }

  @Test(arguments: [Samples.status, RPCStatus(code: -1), RPCStatus(code: .max, message: "x")])
  func `a status with its details`(status: RPCStatus) throws {
    #expect(try RPCStatus(reading: status.bytes) == status)
  }

  @Test func `an execution among a status's details`() throws {
    let detail = StatusDetail.execution { Samples.execution.append(to: &$0) }
    let status = RPCStatus(code: 9, details: [.errorInfo(reason: "X"), detail])
    let received = try RPCStatus(reading: status.bytes)
    #expect(received == status)
    #expect(try received.details.map { try $0.execution() } == [nil, Samples.execution])
    #expect(throws: MessageError.self) {
      try StatusDetail.execution { $0.append(contentsOf: [0x0A, 0x7F]) }.execution()
    }
  }

  @Test func `an execution in an execution, a thousand times, without following it`() throws {
    var status = RPCStatus(code: 9)
    for _ in 0..<1_000 {
      let inner = status
      status = RPCStatus(
        code: 9,
        details: [
          .execution { output in
            ExecutionMessage(trace: [TraceStepMessage(error: inner)]).append(to: &output)
          }
        ])
    }
    let received = try RPCStatus(reading: status.bytes)
    let execution = try #require(try received.details.first?.execution())
    #expect(execution.trace.first?.error?.details.count == 1)
  }
}
