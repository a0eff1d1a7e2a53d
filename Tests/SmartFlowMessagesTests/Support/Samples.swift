@testable import SmartFlowMessages

/// One of every message, with every field set to something else than its default.
enum Samples {
  static let parameters: [String: StructValue] = [
    "phone": .text("+1234567890"), "amount": .number(-12.5), "zero": .number(0),
    "vip": .logical(true), "no": .logical(false), "nothing": .null, "empty": .text(""),
    "tags": .list([.text("a"), .number(1), .list([]), .object([:]), .null]),
    "nested": .object(["größe": .object(["deep": .text("日本 🎉")]), "list": .list([.logical(false)])]
    ),
    "long": .text(String(repeating: "x", count: 20_000)),
  ]

  static let status = RPCStatus(
    code: 9, message: "the property `balance` is not known",
    details: [
      .errorInfo(
        reason: "UNKNOWN_PROPERTY", metadata: ["path": "/trueAction", "property": "balance"]),
      .badRequest([
        FieldViolation(field: "tree/trueAction", description: "no such type; did you mean …?"),
        FieldViolation(field: "tree", description: ""),
      ]),
      .resourceInfo(type: "tree", name: "win-back", owner: "crm", description: "not published"),
      .retryInfo(delay: .milliseconds(1_250)),
      .other(typeURL: "type.googleapis.com/google.rpc.Help", value: [10, 0]),
    ])

  static let node = NodeMessage(
    type: "Condition", parameters: ["expression": .text("daysInactive > 5")],
    trueAction: NodeMessage(
      type: "Sequence", parameters: [:],
      actions: [NodeMessage(type: "SendSMS", parameters: parameters, id: "sms", name: "Reminder")]),
    falseAction: NodeMessage(
      type: "Switch",
      cases: [
        .init(expression: "vip", action: NodeMessage(type: "GrantBonus")),
        .init(expression: "", action: nil),
      ],
      defaultAction: NodeMessage(
        type: "Split",
        shares: [
          .init(weight: 0.5, action: NodeMessage(type: "SendEmail")), .init(weight: 0, action: nil),
        ])),
    id: "root", name: "Wiedergewinnung")

  static let options = ExecutionOptions(
    dryRun: true, trace: true, idempotencyKey: "k-1", locale: "de-AT",
    now: Timestamp(seconds: -1, nanoseconds: 999_999_999))

  static let executeTree = ExecuteTreeRequestMessage(
    tree: .node(node), context: .structure(parameters), playerID: "player-7", options: options)

  static let executeBatch = ExecuteBatchRequestMessage(
    tree: .reference(TreeReferenceMessage(treeID: "win-back", version: 12)),
    items: [
      .init(context: .structure(parameters), playerID: "p1", idempotencyKey: "k1"),
      .init(context: .json(Array(#"{"a":1}"#.utf8)), playerID: "p2"),
      .init(),
    ], options: options)

  static let validateTree = ValidateTreeRequestMessage(
    tree: .node(node), contextSchema: Array(#"{"type":"object"}"#.utf8))

  /// The bytes of the execution's ID.
  static let executionID: [16 of UInt8] = [
    0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80, 0x57,
  ]
  /// An action's ID, as bytes and as text.
  static let actionID: (bytes: [16 of UInt8], text: String) = (
    [
      0xFF, 0xE9, 0x00, 0x10, 0xA0, 0x9F, 0x7A, 0xB0, 0x80, 0x0F, 0xF0, 0x01, 0x23, 0x45, 0x67,
      0x89,
    ], "ffe90010-a09f-7ab0-800f-f00123456789"
  )

  static let execution = ExecutionMessage(
    executionID: "01890a5d-ac96-774b-bcce-b302099a8057", status: .partiallyCompleted,
    tree: TreeReferenceMessage(treeID: "win-back", version: .max), treeDigest: Array(0..<32),
    actions: [
      ActionResultMessage(
        type: "SendSMS", path: "/trueAction", status: .accepted, parameters: parameters,
        actionID: "01890a5d", nodeID: "sms"),
      ActionResultMessage(type: "GrantBonus", path: "", status: .failed, error: status),
      ActionResultMessage(parameters: [:]),
    ],
    trace: [
      TraceStepMessage(
        path: "/trueAction", nodeID: "n", expression: "a > 1", result: "true", error: status,
        fuelUsed: 17, elapsed: .nanoseconds(410),
        reads: [
          PropertyReadMessage(name: "a", value: "7"),
          PropertyReadMessage(name: "größe", isMissing: true),
          PropertyReadMessage(name: "", value: "[1]", isTruncated: true),
        ], expressionPath: "/trueAction/parameters/expression", isResultTruncated: true,
        split: SplitChoiceMessage(fraction: 0.25, share: 3)),
      TraceStepMessage(split: SplitChoiceMessage(fraction: 0, share: 0)), TraceStepMessage(),
    ], elapsed: .nanoseconds(1_234_567_891), fuelUsed: 12_345, replayed: true, omittedSteps: 9)

  static let executeTreeResponse = ExecuteTreeResponseMessage(execution: execution)

  static let executeBatchResponse = ExecuteBatchResponseMessage(
    results: [.execution(execution), .error(status), .none, .execution(ExecutionMessage())])

  static let validateTreeResponse = ValidateTreeResponseMessage(
    isValid: true,
    diagnostics: [
      DiagnosticMessage(
        severity: .warning, code: "OLD_FORM", path: "/parameters/expression", range: 3..<300,
        message: "write `==`"),
      DiagnosticMessage(severity: .note, code: "", path: "", message: ""),
    ], canonicalJSON: Array(#"{"type":"SendSMS"}"#.utf8), treeDigest: Array(100..<132),
    contextProperties: ["daysInactive", "", "größe"], fuelBound: .max)

  static let metrics = GetMetricsResponse(
    contentType: "text/plain; version=0.0.4; charset=utf-8", text: Array("größe 1\n".utf8))

  static let logLevel = SetLogLevelResponse(
    level: .trace, previous: .warning, remaining: .milliseconds(1500), usual: .notice)

  static let drain = DrainResponse(grace: .milliseconds(5250), keeperPID: 4_000_000_000)

  static let serverInfo = GetServerInfoResponseMessage(
    version: "1.0.0", startTime: Timestamp(seconds: 1_700_000_000, nanoseconds: 1),
    uptime: .seconds(86_400) + .nanoseconds(5), keeperPID: 4_000_000_000,
    workers: [
      WorkerInfoMessage(
        index: 1, pid: 2, startTime: Timestamp(seconds: 3), restarts: 4, state: .draining,
        openConnections: 5, requests: 6, executions: 7, failures: 8, droppedLogLines: 9,
        deaths: WorkerDeathsMessage(
          watchdog: 1, crash: 2, killed: 3, outOfMemory: 4, forbiddenCall: 5, exit: 6, signal: 7)),
      WorkerInfoMessage(index: 0),
    ],
    sockets: [
      SocketInfoMessage(path: "/run/smartflow/smartflow.sock", purpose: .data, mode: 0o660),
      SocketInfoMessage(path: "/run/smartflow/admin.sock", purpose: .admin, mode: 0o600),
    ],
    limits: LimitsMessage(
      defaultTimeout: .milliseconds(150), maximumTimeout: .seconds(5), fuel: 1_000_000,
      messageBytes: 4 << 20, streamsInFlight: 256, connections: 1_024, treeBytes: 1 << 20,
      contextBytes: 256 << 10),
    confinement: [
      ConfinementLayerMessage(name: "landlock", state: .holds, detail: "ABI 7: no file"),
      ConfinementLayerMessage(name: "seccomp", state: .leftOff),
      ConfinementLayerMessage(name: "", state: .lacking, detail: "größe"),
    ],
    quarantine: [
      QuarantinedTreeMessage(
        digest: Array(0..<32), kind: .source, since: Timestamp(seconds: 1_800_000_000),
        lastDeath: "watchdog"),
      QuarantinedTreeMessage(digest: Array(100..<132), kind: .tree),
    ],
    configuration: [
      ConfigurationValueMessage(
        name: "workers", value: "2", source: .file, place: "größe.json:3:14", pendingValue: "3"),
      ConfigurationValueMessage(name: "log-level", value: "info", source: .standard),
    ])
}

extension RequestMessage {
  var bytes: [UInt8] {
    var output: [UInt8] = []
    append(to: &output)
    return output
  }
}

extension ResponseMessage {
  init(reading bytes: [UInt8]) throws(MessageError) { try self.init(decoding: bytes.span.bytes) }

  var bytes: [UInt8] {
    var output: [UInt8] = []
    append(to: &output)
    return output
  }
}

extension RPCStatus {
  init(reading bytes: [UInt8]) throws(MessageError) { try self.init(decoding: bytes.span.bytes) }

  var bytes: [UInt8] {
    var output: [UInt8] = []
    append(to: &output)
    return output
  }
}
