public import SmartFlowClient
public import SmartFlowMessages

extension SmartFlowClient {
  /// Executes a tree for a player whose context is a value of the caller's own.
  ///
  /// - Throws: ``ClientError``; INVALID_ARGUMENT without a call when the value is no context.
  public func execute(
    _ tree: TreeMessage, context: some Encodable & Sendable, playerID: String = "",
    performing execution: ExecutionOptions = ExecutionOptions(),
    encoder: ContextEncoder = ContextEncoder(), options: CallOptions = CallOptions()
  ) async throws(ClientError) -> ExecutionMessage {
    let encoded: ContextMessage
    do throws(ContextEncodingError) {
      encoded = try encoder.encode(context)
    } catch {
      throw ClientError(.invalidArgument, "context: \(error)")
    }
    return try await execute(
      tree, context: encoded, playerID: playerID, performing: execution, options: options)
  }
}

extension ExecuteBatchRequestMessage.Item {
  /// Makes an item whose context is a value of the caller's own.
  ///
  /// - Throws: ``ContextEncodingError`` when the value is no context.
  public init(
    encoding context: some Encodable, playerID: String = "", idempotencyKey: String = "",
    encoder: ContextEncoder = ContextEncoder()
  ) throws(ContextEncodingError) {
    self.init(
      context: try encoder.encode(context), playerID: playerID, idempotencyKey: idempotencyKey)
  }
}
