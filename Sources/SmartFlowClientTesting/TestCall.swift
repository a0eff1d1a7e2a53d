public import SmartFlowMessages
internal import TTRPC

/// A call as a test server got it.
public struct TestCall: Sendable {
  /// 1 for the first, one more for each.
  public var number: Int
  /// The connection that it came over: 1 for the first.
  public var connection: Int
  /// The method, if it is one of ours.
  public var method: Method?
  /// Service and method as they came: `smartflow.v1.ExecutionService/ExecuteTree`.
  public var name: String
  /// How long the caller said that it waits; 0 for no word of it.
  public var timeout: Duration
  /// The W3C trace context, if there is one.
  public var traceparent: String?
  /// The request's bytes.
  public var payload: [UInt8]

  init(number: Int, connection: Int, _ envelope: RequestEnvelope, in bytes: RawSpan) {
    self.number = number
    self.connection = connection
    method = envelope.method
    name = envelope.service(in: bytes) + "/" + envelope.methodName(in: bytes)
    timeout = .nanoseconds(envelope.timeoutNanoseconds)
    traceparent = envelope.traceparent(in: bytes)
    payload = [UInt8](copying: bytes.extracting(envelope.payload))
  }

  /// What an `ExecuteTree` asks.
  ///
  /// - Throws: ``MessageError`` when the bytes are no such request.
  public func execution() throws(MessageError) -> RecordedExecution {
    var arena = MessageArena()
    // Safe: bytes of any content are bytes, here and below.
    let request = unsafe try ExecuteTreeRequest(decoding: payload.span.bytes, in: &arena)
    return RecordedExecution(
      tree: try RecordedTree(request.tree), context: try RecordedContext(request.context),
      playerID: request.playerID, options: request.options)
  }

  /// What an `ExecuteBatch` asks, item by item; each with the batch's tree and options, and its own key.
  ///
  /// - Throws: ``MessageError`` when the bytes are no such request.
  public func batch() throws(MessageError) -> [RecordedExecution] {
    var request = unsafe try ExecuteBatchRequest(decoding: payload.span.bytes)
    while try request.checkItems(fields: .max) {}
    let tree = try RecordedTree(request.tree)
    var executions: [RecordedExecution] = []
    var arena = MessageArena()
    for index in 0..<request.itemCount {
      let item = try BatchItem(decoding: request.item(index), in: &arena)
      var options = request.options
      options.idempotencyKey = item.idempotencyKey
      executions.append(
        RecordedExecution(
          tree: tree, context: try RecordedContext(item.context), playerID: item.playerID,
          options: options))
    }
    return executions
  }

  /// The tree that a `ValidateTree` asks about.
  ///
  /// - Throws: ``MessageError`` when the bytes are no such request.
  public func validatedTree() throws(MessageError) -> RecordedTree? {
    var arena = MessageArena()
    let request = unsafe try ValidateTreeRequest(decoding: payload.span.bytes, in: &arena)
    return try RecordedTree(request.tree)
  }
}

extension [UInt8] {
  init(copying span: RawSpan) {
    // Safe: the bytes are copied while the span lasts; any content is bytes.
    self = unsafe Array(span.withUnsafeBytes { unsafe Array($0) })
  }
}
