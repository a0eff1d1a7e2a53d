internal import SmartFlowMessages
internal import Telemetry
internal import WorkerLink

extension Worker {
  /// Serves one request: its envelope, its deadline, its method.
  func serve(_ request: RawSpan, _ call: Call) {
    var call = call
    let envelope: RequestEnvelope
    do throws(MessageError) {
      envelope = try RequestEnvelope(decoding: request)
    } catch {
      return answer(call, failure: RPCStatus(error))
    }
    guard let method = envelope.method else {
      return answer(
        call,
        failure: .unknownMethod(
          service: envelope.service(in: request), method: envelope.methodName(in: request)))
    }
    call.method = method
    guard method.isServed(on: call.connection.socket) else {
      return answer(call, failure: .wrongSocket(method))
    }
    let timeout = envelope.timeoutNanoseconds
    guard timeout >= 0 else {
      return answer(
        call,
        failure: .invalid(
          "timeout_nano", "the timeout is \(timeout) ns; give a positive one, or none"))
    }
    let nanoseconds =
      timeout == 0
      ? settings.defaultTimeoutNanoseconds
      : min(UInt64(timeout), settings.maximumTimeoutNanoseconds)
    call.deadline = call.received &+ nanoseconds
    call.requestID = envelope.requestID(in: request)
    if let range = envelope.traceparentRange {
      call.trace = TraceContext(parsing: request.extracting(range))
    }
    let payload = request.extracting(envelope.payload)
    work.begin(deadline: call.deadline, streamID: call.streamID)
    work.enter(
      .decoding,
      allowanceNanoseconds: UInt64(payload.byteCount) * Limits.messageNanosecondsPerByte, on: page)
    defer { work.end(on: page) }
    #if FAULT_INJECTION
      faults.ask(for: request)
      faults.strike(.decode)
    #endif
    if isDraining && !Self.isServedWhileDraining(method) {
      return answer(call, failure: .draining)
    }
    switch method {
    case .executeTree: executeTree(payload, call)
    case .executeBatch: executeBatch(payload, call)
    case .validateTree: validateTree(payload, call)
    case .healthCheck: checkHealth(payload, call)
    case .getServerInfo: describeServer(payload, call)
    case .liftQuarantine: liftQuarantine(payload, call)
    case .publishTree: publishTree(payload, call)
    case .getTree: getTree(payload, call)
    case .listTrees: listTrees(payload, call)
    case .listTreeVersions: listTreeVersions(payload, call)
    case .activateTree: activateTree(payload, call)
    case .retireTree: retireTree(payload, call)
    case .getMetrics: reportMetrics(payload, call)
    case .setLogLevel: setLogLevel(payload, call)
    case .drain: drainDaemon(payload, call)
    case .healthList: listHealth(payload, call)
    }
  }

  /// What operators ask to see how a drain goes; nothing of it takes long.
  private static func isServedWhileDraining(_ method: Method) -> Bool {
    switch method {
    case .healthCheck, .healthList, .getServerInfo, .getMetrics, .setLogLevel, .drain: true
    case .executeTree, .executeBatch, .validateTree, .liftQuarantine, .publishTree, .getTree,
      .listTrees, .listTreeVersions, .activateTree, .retireTree:
      false
    }
  }
}
