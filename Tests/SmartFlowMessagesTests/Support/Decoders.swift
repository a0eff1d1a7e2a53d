import SmartFlowMessages
import Testing

/// One decoder, which also looks at all that it decoded.
struct Decoder: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var sample: [UInt8]
  var read: @Sendable ([UInt8], inout MessageArena) throws(MessageError) -> Void

  static let all: [Self] = [
    Self(testDescription: "ExecuteTreeRequest", sample: shortTree.bytes) {
      bytes, arena throws(MessageError) in
      let request = try ExecuteTreeRequest(decoding: bytes.span.bytes, in: &arena)
      _ = try CapturedTree(request.tree)
      _ = try CapturedContext(request.context)
      _ = (request.playerID, request.options)
    },
    Self(testDescription: "ExecuteBatchRequest", sample: shortBatch.bytes) {
      bytes, _ throws(MessageError) in
      _ = try CapturedBatch(decoding: bytes)
    },
    Self(
      testDescription: "ValidateTreeRequest",
      sample: ValidateTreeRequestMessage(tree: .json([0x7B, 0x7D]), contextSchema: [0x7B]).bytes
    ) { bytes, arena throws(MessageError) in
      let request = try ValidateTreeRequest(decoding: bytes.span.bytes, in: &arena)
      _ = try CapturedTree(request.tree)
      _ = request.contextSchema.byteCount
    },
    Self(testDescription: "HealthCheckRequest", sample: HealthCheckRequest(service: "a").bytes) {
      bytes, arena throws(MessageError) in
      _ = try HealthCheckRequest(decoding: bytes.span.bytes, in: &arena)
    },
    Self(
      testDescription: "LiftQuarantineRequest",
      sample: LiftQuarantineRequest(digest: Array(0..<32)).bytes
    ) { bytes, arena throws(MessageError) in
      _ = try LiftQuarantineRequest(decoding: bytes.span.bytes, in: &arena).digest.count
    },
    Self(
      testDescription: "GetMetricsRequest", sample: GetMetricsRequest(format: .openMetrics).bytes
    ) { bytes, arena throws(MessageError) in
      _ = try GetMetricsRequest(decoding: bytes.span.bytes, in: &arena).format
    },
    Self(
      testDescription: "SetLogLevelRequest",
      sample: SetLogLevelRequest(level: .debug, duration: .seconds(600)).bytes
    ) { bytes, arena throws(MessageError) in
      _ = try SetLogLevelRequest(decoding: bytes.span.bytes, in: &arena).duration
    },
    response("GetMetricsResponse", Samples.metrics),
    response("SetLogLevelResponse", Samples.logLevel),
    response("DrainResponse", Samples.drain),
    response("ExecuteTreeResponse", ExecuteTreeResponseMessage(execution: shortExecution)),
    response(
      "ExecuteBatchResponse",
      ExecuteBatchResponseMessage(results: [.execution(shortExecution), .error(shortStatus)])),
    response(
      "ValidateTreeResponse",
      ValidateTreeResponseMessage(
        isValid: true,
        diagnostics: [.init(severity: .note, code: "C", path: "/", range: 1..<2, message: "m")],
        canonicalJSON: [1], treeDigest: [2], contextProperties: ["a"], fuelBound: 3)),
    response("GetServerInfoResponse", Samples.serverInfo),
    response("HealthCheckResponse", HealthCheckResponse(status: .serving)),
    response("HealthListResponse", HealthListResponse(statuses: ["a": .serving])),
    Self(testDescription: "Status", sample: shortStatus.bytes) {
      bytes, _ throws(MessageError) in
      _ = try RPCStatus(decoding: bytes.span.bytes)
    },
    Self(testDescription: "Response", sample: envelope(.init(code: 3, message: "no"))) {
      bytes, _ throws(MessageError) in
      _ = try ResponseEnvelope.decode(bytes.span.bytes)
    },
    Self(testDescription: "Request", sample: requestEnvelope) { bytes, _ throws(MessageError) in
      let envelope = try RequestEnvelope(decoding: bytes.span.bytes)
      _ = envelope.service(in: bytes.span.bytes) + envelope.methodName(in: bytes.span.bytes)
      _ = envelope.traceparent(in: bytes.span.bytes)
      _ = bytes[envelope.payload]
    },
  ]

  static let requestEnvelope: [UInt8] = {
    var bytes: [UInt8] = []
    RequestEnvelopeMessage.append(
      HealthCheckRequest(service: "x"), timeoutNanoseconds: 150_000_000,
      metadata: [("traceparent", "00-aa"), ("X-Request-ID", "r")], to: &bytes)
    return bytes
  }()

  private static func response<Response: ResponseMessage>(
    _ name: String, _ sample: Response
  ) -> Self {
    Self(testDescription: name, sample: sample.bytes) { bytes, arena throws(MessageError) in
      _ = try Response(decoding: bytes.span.bytes, in: &arena)
    }
  }

  private static func envelope(_ status: RPCStatus) -> [UInt8] {
    var bytes: [UInt8] = []
    ResponseEnvelope.append(status, to: &bytes)
    return bytes
  }

  // Short, since every byte is tried with every value. Made anew at each use: what a global enum
  // holds through a tagged pointer, LeakSanitizer takes for lost.
  private static let context: [String: StructValue] = [
    "ä": .list([.number(1.5), .object(["b": .null]), .logical(true)]), "c": .text("d"),
  ]
  private static var shortTree: ExecuteTreeRequestMessage {
    ExecuteTreeRequestMessage(
      tree: .node(
        NodeMessage(
          type: "Switch", parameters: ["e": .text("f")],
          cases: [.init(expression: "g", action: NodeMessage(type: "h"))],
          shares: [.init(weight: 2, action: nil)], id: "i")),
      context: .structure(context), playerID: "j",
      options: ExecutionOptions(dryRun: true, now: Timestamp(seconds: 1, nanoseconds: 2)))
  }
  private static var shortBatch: ExecuteBatchRequestMessage {
    ExecuteBatchRequestMessage(
      tree: .reference(.init(treeID: "t", version: 300)),
      items: [.init(context: .structure(context), playerID: "p"), .init(context: .json([0x7B]))])
  }
  private static var shortStatus: RPCStatus {
    RPCStatus(
      code: 9, message: "m",
      details: [.errorInfo(reason: "R", metadata: ["k": "v"]), .retryInfo(delay: .seconds(1))])
  }
  private static var shortExecution: ExecutionMessage {
    ExecutionMessage(
      executionID: "e", status: .completed, tree: .init(treeID: "t"), treeDigest: [1],
      actions: [.init(type: "a", status: .accepted, parameters: context, error: shortStatus)],
      trace: [.init(path: "/", result: "1", fuelUsed: 9)], elapsed: .nanoseconds(5), fuelUsed: 1)
  }
}
