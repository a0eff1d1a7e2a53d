internal import SmartFlowMessages
internal import TTRPC

extension Worker {
  /// `ExecuteBatch`: one tree, many players, each answered on its own.
  func executeBatch(_ payload: RawSpan, _ call: Call) {
    guard hasRoomForBatch(on: call.connection) else { return answer(call, failure: .overloaded) }
    do throws(RPCStatus) {
      let request: ExecuteBatchRequest
      do throws(MessageError) {
        request = try ExecuteBatchRequest(decoding: payload, in: .forRequests)
      } catch {
        throw RPCStatus(error)
      }
      guard request.itemCount <= Limits.batchItems else {
        throw .invalid(
          "items",
          "\(request.itemCount) items are over the limit of \(Limits.batchItems); send several batches"
        )
      }
      let options = request.options
      guard options.idempotencyKey.isEmpty else {
        throw .invalid("options/idempotency_key", "the idempotency keys of a batch are its items'")
      }
      var subject = try subject(
        playerID: "", options: options, socket: call.connection.socket)
      let tree = try lookUp(of: request, for: call, published: &subject.published)
      let batch = BatchCall(call, request, subject)
      switch tree {
      case .found(let cached): batch.take(.success(cached), in: self)
      case .compiling(let compile): begin(CompilingCall(call, compile, for: batch), call)
      }
    } catch {
      records.writeFailure(error, of: ExecutionSubject(), call, path: "")
      answer(call, failure: error)
    }
  }

  private func lookUp(
    of request: borrowing ExecuteBatchRequest, for call: Call,
    published: inout TreeReferenceMessage?
  ) throws(RPCStatus) -> TreeLookup {
    try lookUp(request.tree, for: call, published: &published)
  }
}
