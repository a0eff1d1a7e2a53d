internal import CProtobufC
internal import CSmartFlowProto

// Safe, in all of this file: pointers come from a message that was unpacked as the type read here,
// counts are protobuf-c's own, and everything is copied before the arena is used again.

extension ExecuteTreeResponseMessage {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_execute_tree_response()
    ).load(as: Smartflow__V1__ExecuteTreeResponse.self)
    self.init(execution: nil)
    if let execution = unsafe message.execution {
      self.execution = unsafe try ExecutionMessage(
        execution.pointee, structures: arena.frames)
    }
  }
}

extension ExecuteBatchResponseMessage {
  /// Checks and reads a response.
  ///
  /// - Throws: ``MessageError`` when the bytes are not such a response.
  public init(decoding bytes: RawSpan, in arena: inout MessageArena) throws(MessageError) {
    let message = unsafe try arena.unpack(
      bytes, as: smartflow_descriptor_execute_batch_response()
    ).load(as: Smartflow__V1__ExecuteBatchResponse.self)
    self.init(results: [])
    for index in unsafe 0..<message.n_results {
      guard let result = unsafe message.results[index]?.pointee else { continue }
      switch unsafe result.result_case {
      case SMARTFLOW__V1__BATCH_RESULT__RESULT_EXECUTION:
        unsafe try results.append(
          .execution(ExecutionMessage(result.execution.pointee, structures: arena.frames)))
      case SMARTFLOW__V1__BATCH_RESULT__RESULT_ERROR:
        unsafe try results.append(.error(RPCStatus(result.error.pointee)))
      default: results.append(.none)
      }
    }
  }
}

extension ExecutionMessage {
  /// Checks and reads an execution that stands on its own, as among a status's details.
  ///
  /// - Parameter bytes: The message's bytes.
  /// - Throws: ``MessageError`` when the bytes are not such a message.
  public init(decoding bytes: RawSpan) throws(MessageError) {
    var arena = MessageArena()
    let message = unsafe try arena.unpack(bytes, as: smartflow_descriptor_execution())
    unsafe try self.init(
      message.load(as: Smartflow__V1__Execution.self), structures: arena.frames)
  }

  @unsafe init(
    _ message: Smartflow__V1__Execution, structures frames: UnsafeMutableRawPointer
  ) throws(MessageError) {
    unsafe self.init(
      executionID: Text.string(message.execution_id),
      status: Status(rawValue: Int32(bitPattern: message.status.rawValue)) ?? .unspecified,
      tree: TreeReferenceMessage(message.tree), treeDigest: message.tree_digest.array,
      elapsed: Duration(message.elapsed), fuelUsed: message.fuel_used,
      replayed: message.replayed != 0, omittedSteps: message.trace_steps_omitted)
    for index in unsafe 0..<message.n_actions {
      guard let action = unsafe message.actions[index]?.pointee else { continue }
      unsafe try actions.append(ActionResultMessage(action, structures: frames))
    }
    for index in unsafe 0..<message.n_trace {
      guard let step = unsafe message.trace[index]?.pointee else { continue }
      unsafe try trace.append(TraceStepMessage(step))
    }
  }
}

extension TreeReferenceMessage {
  init?(_ reference: UnsafePointer<Smartflow__V1__TreeReference>?) {
    guard let reference = unsafe reference?.pointee else { return nil }
    unsafe self.init(treeID: Text.string(reference.tree_id), version: reference.version)
  }
}

extension ActionResultMessage {
  @unsafe init(
    _ message: Smartflow__V1__ActionResult, structures frames: UnsafeMutableRawPointer
  ) throws(MessageError) {
    unsafe self.init(
      type: Text.string(message.type), path: Text.string(message.path),
      status: Status(rawValue: Int32(bitPattern: message.status.rawValue)) ?? .unspecified,
      actionID: Text.string(message.action_id), nodeID: Text.string(message.node_id))
    if let error = unsafe message.error { self.error = unsafe try RPCStatus(error.pointee) }
    guard let structure = unsafe message.parameters else { return }
    var builder = StructValueBuilder()
    unsafe ValueView(structure, frames: frames).visit(into: &builder)
    if case .object(let members) = builder.value { parameters = members }
  }
}

extension TraceStepMessage {
  @unsafe init(_ message: Smartflow__V1__TraceStep) throws(MessageError) {
    unsafe self.init(
      path: Text.string(message.path), nodeID: Text.string(message.node_id),
      expression: Text.string(message.expression), result: Text.string(message.result),
      fuelUsed: message.fuel_used, elapsed: Duration(message.elapsed),
      expressionPath: Text.string(message.expression_path),
      isResultTruncated: message.result_truncated != 0)
    if let error = unsafe message.error { self.error = unsafe try RPCStatus(error.pointee) }
    for index in unsafe 0..<message.n_reads {
      guard let read = unsafe message.reads[index]?.pointee else { continue }
      unsafe reads.append(
        PropertyReadMessage(
          name: Text.string(read.name), value: Text.string(read.value),
          isMissing: read.missing != 0, isTruncated: read.truncated != 0))
    }
    if let split = unsafe message.split?.pointee {
      self.split = unsafe SplitChoiceMessage(fraction: split.fraction, share: split.share)
    }
  }
}
