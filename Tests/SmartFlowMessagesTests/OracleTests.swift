import SmartFlowMessages
import Testing

/// What another implementation makes of our bytes, and we of its.
///
/// Each message goes out through our writer, through `protoc --decode` into text, and back through
/// `protoc --encode` into bytes of its making, which are then ours or read by us as the same
/// values.
@Suite(.enabled(if: Protoc.isInstalled, "protoc is not installed (Debian: protobuf-compiler)"))
struct `Another implementation` {
  @Test(
    arguments: [
      ("smartflow.v1.ExecuteTreeRequest", Samples.executeTree.bytes),
      ("smartflow.v1.ExecuteBatchRequest", Samples.executeBatch.bytes),
      ("smartflow.v1.ValidateTreeRequest", Samples.validateTree.bytes),
      ("smartflow.v1.ExecuteTreeResponse", Samples.executeTreeResponse.bytes),
      ("smartflow.v1.ExecuteBatchResponse", Samples.executeBatchResponse.bytes),
      ("smartflow.v1.ValidateTreeResponse", Samples.validateTreeResponse.bytes),
      ("smartflow.v1.GetServerInfoResponse", Samples.serverInfo.bytes),
      ("smartflow.v1.LiftQuarantineRequest", LiftQuarantineRequest(digest: Array(0..<32)).bytes),
      ("smartflow.v1.GetMetricsRequest", GetMetricsRequest(format: .openMetrics).bytes),
      ("smartflow.v1.GetMetricsResponse", Samples.metrics.bytes),
      (
        "smartflow.v1.SetLogLevelRequest",
        SetLogLevelRequest(level: .debug, duration: .seconds(600)).bytes
      ),
      ("smartflow.v1.SetLogLevelResponse", Samples.logLevel.bytes),
      ("smartflow.v1.DrainResponse", Samples.drain.bytes),
      ("google.rpc.Status", Samples.status.bytes),
      ("grpc.health.v1.HealthCheckRequest", HealthCheckRequest(service: "a.B").bytes),
      ("grpc.health.v1.HealthCheckResponse", HealthCheckResponse(status: .notServing).bytes),
      ("ttrpc.Request", Decoder.requestEnvelope),
    ])
  func `knows every field we write, and nothing is left over`(type: String, bytes: [UInt8]) throws {
    let text = try Protoc.decode(type, bytes)
    // A field that is not in the schema is printed by its number.
    let numbered = text.split(separator: "\n").filter {
      $0.drop { $0 == " " }.first?.isNumber == true
    }
    #expect(numbered.isEmpty)
    let theirs = try Protoc.encode(type, text)
    // Fields may stand in another order, so the lengths are compared, and then the values.
    #expect(theirs.count == bytes.count)
    #expect(try Protoc.decode(type, theirs) == text)
  }

  @Test func `is read as what it wrote: responses`() throws {
    func check<Response: ResponseMessage>(_ type: String, _ sample: Response) throws {
      let theirs = try Protoc.encode(type, Protoc.decode(type, sample.bytes))
      #expect(try Response(reading: theirs) == sample)
    }
    try check("smartflow.v1.ExecuteTreeResponse", Samples.executeTreeResponse)
    try check("smartflow.v1.ExecuteBatchResponse", Samples.executeBatchResponse)
    try check("smartflow.v1.ValidateTreeResponse", Samples.validateTreeResponse)
    try check("smartflow.v1.GetServerInfoResponse", Samples.serverInfo)
    try check("smartflow.v1.GetMetricsResponse", Samples.metrics)
    try check("smartflow.v1.SetLogLevelResponse", Samples.logLevel)
    try check("smartflow.v1.DrainResponse", Samples.drain)
    try check("grpc.health.v1.HealthCheckResponse", HealthCheckResponse(status: .serving))
    try check(
      "grpc.health.v1.HealthListResponse",
      HealthListResponse(statuses: ["": .serving, "a.B": .notServing, "c.D": .unknown]))
    let status = try Protoc.encode(
      "google.rpc.Status", Protoc.decode("google.rpc.Status", Samples.status.bytes))
    #expect(try RPCStatus(reading: status) == Samples.status)
  }

  @Test func `is read as what it wrote: a request in its words`() throws {
    let theirs = try Protoc.encode(
      "smartflow.v1.ExecuteTreeRequest",
      #"""
      tree_node {
        type: "Condition"
        parameters { fields { key: "expression" value { string_value: "daysInactive > 5" } } }
        true_action { type: "SendSMS" id: "sms" }
        cases { expression: "vip" action { type: "GrantBonus" } }
        shares { weight: 0.25 action { type: "SendEmail" } }
      }
      context_struct {
        fields { key: "daysInactive" value { number_value: 6 } }
        fields { key: "tags" value { list_value { values { null_value: NULL_VALUE }
                                                  values { bool_value: true } } } }
        fields { key: "größe" value { struct_value { fields { key: "" value { string_value: "" } } } } }
      }
      player_id: "player-7"
      options { dry_run: true locale: "de" now { seconds: -5 nanos: 7 } }
      """#)
    var arena = MessageArena()
    let request = try ExecuteTreeRequest(decoding: theirs.span.bytes, in: &arena)
    let tree = try CapturedTree(request.tree)
    let node = NodeMessage(
      type: "Condition", parameters: ["expression": .text("daysInactive > 5")],
      trueAction: NodeMessage(type: "SendSMS", id: "sms"),
      cases: [.init(expression: "vip", action: NodeMessage(type: "GrantBonus"))],
      shares: [.init(weight: 0.25, action: NodeMessage(type: "SendEmail"))])
    #expect(tree == .node(node.json))
    let context = try CapturedContext(request.context)
    #expect(
      context
        == .structure(
          .object([
            "daysInactive": .number(6), "tags": .list([.null, .logical(true)]),
            "größe": .object(["": .text("")]),
          ])))
    #expect(request.playerID == "player-7")
    #expect(
      request.options
        == ExecutionOptions(
          dryRun: true, locale: "de", now: Timestamp(seconds: -5, nanoseconds: 7)))
  }

  @Test(
    arguments: [
      (
        "ErrorInfo", #"reason: "OUT_OF_FUEL" domain: "smartflow" metadata { key: "a" value: "b" }"#,
        StatusDetail.errorInfo(reason: "OUT_OF_FUEL", metadata: ["a": "b"])
      ),
      (
        "BadRequest", #"field_violations { field: "tree" description: "d" } field_violations { }"#,
        .badRequest([.init(field: "tree", description: "d"), .init(field: "", description: "")])
      ),
      (
        "ResourceInfo",
        #"resource_type: "tree" resource_name: "n" owner: "o" description: "not there""#,
        .resourceInfo(type: "tree", name: "n", owner: "o", description: "not there")
      ),
      (
        "RetryInfo", "retry_delay { seconds: 1 nanos: 250000000 }",
        .retryInfo(delay: .milliseconds(1_250))
      ),
      ("RetryInfo", "retry_delay { nanos: -5 }", .retryInfo(delay: .nanoseconds(-5))),
    ])
  func `packs each detail of a status as we do`(
    name: String, text: String, detail: StatusDetail
  ) throws {
    let content = try Protoc.encode("google.rpc." + name, text)
    let any =
      WireBytes.field(1, "type.googleapis.com/google.rpc." + name) + WireBytes.field(2, content)
    let status = WireBytes.field(1, varint: 3) + WireBytes.field(3, any)
    #expect(RPCStatus(code: 3, details: [detail]).bytes == status)
    #expect(try RPCStatus(reading: status).details == [detail])
  }
}
