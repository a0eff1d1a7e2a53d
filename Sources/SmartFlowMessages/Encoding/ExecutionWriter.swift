/// Writes the fields of one `Execution` in place, as they become known.
///
/// The fields may come in any order; `begin…` and `end` stand around them.
public enum ExecutionWriter {
  /// Begins the execution of an `ExecuteTreeResponse`.
  public static func beginResponse(in output: inout [UInt8]) -> MessageMark {
    MessageMark(mark: Wire.begin(1, reserving: 2, in: &output))
  }

  /// Ends what ``beginResponse(in:)`` began.
  public static func endResponse(_ mark: MessageMark, in output: inout [UInt8]) {
    Wire.end(mark.mark, in: &output)
  }

  /// Appends to an `ExecuteBatchResponse` one player's execution, whose fields `body` appends.
  public static func appendBatchResult(
    to output: inout [UInt8], execution body: (inout [UInt8]) -> Void
  ) {
    Wire.message(1, reserving: 2, to: &output) { output in
      Wire.message(1, reserving: 2, to: &output, body)
    }
  }

  /// Appends to an `ExecuteBatchResponse` why one player was not decided for.
  public static func appendBatchResult(_ error: RPCStatus, to output: inout [UInt8]) {
    Wire.message(1, reserving: 2, to: &output) { output in
      Wire.message(2, reserving: 2, to: &output) { error.append(to: &$0) }
    }
  }

  /// Appends what is known before the first node runs.
  ///
  /// - Parameters:
  ///   - executionID: The bytes of a UUID.
  ///   - tree: The name and version of a tree that was published.
  ///   - treeDigest: SHA-256 of the tree's canonical JSON.
  ///   - output: Where to.
  public static func appendHead(
    executionID: [16 of UInt8], tree: TreeReferenceMessage?, treeDigest: [32 of UInt8],
    to output: inout [UInt8]
  ) {
    Wire.identifier(1, executionID, to: &output)
    if let tree { Wire.message(3, to: &output) { tree.append(to: &$0) } }
    // Safe: bytes of any content are bytes.
    unsafe Wire.presentBytes(4, treeDigest.span.bytes, to: &output)
  }

  static func appendHead(
    executionID: String, tree: TreeReferenceMessage?, to output: inout [UInt8]
  ) {
    Wire.text(1, executionID, to: &output)
    if let tree { Wire.message(3, to: &output) { tree.append(to: &$0) } }
  }

  /// Appends one action of which all but what is given is known before any execution.
  ///
  /// - Parameters:
  ///   - part: What is known.
  ///   - status: What became of it.
  ///   - actionID: The bytes of a UUID.
  ///   - output: Where to.
  public static func append(
    _ part: ActionPart, status: ActionResultMessage.Status, actionID: [16 of UInt8],
    to output: inout [UInt8]
  ) {
    part.append(status: status, actionID: actionID, to: &output)
  }

  /// Appends one action with the parameters that `parameters` gives to the writer: one object.
  ///
  /// - Parameters:
  ///   - action: The action; its own `parameters` and `actionID` are left out.
  ///   - actionID: The bytes of a UUID.
  ///   - writer: Writes the parameters.
  ///   - output: Where to.
  ///   - parameters: Gives the parameters, where there are any.
  public static func append(
    _ action: ActionResultMessage, actionID: [16 of UInt8], using writer: inout StructWriter,
    to output: inout [UInt8], parameters: ((inout StructWriter) -> Void)?
  ) {
    let mark = Wire.begin(5, reserving: 2, in: &output)
    appendBeginning(of: action, to: &output)
    if let parameters { writer.write(4, to: &output, parameters) }
    Wire.identifier(5, actionID, to: &output)
    appendEnd(of: action, to: &output)
    Wire.end(mark, in: &output)
  }

  /// Appends one action.
  public static func append(
    _ action: ActionResultMessage, using writer: inout StructWriter, to output: inout [UInt8]
  ) {
    let mark = Wire.begin(5, reserving: 2, in: &output)
    appendBeginning(of: action, to: &output)
    if let parameters = action.parameters {
      writer.write(4, to: &output) { StructValue.visit(parameters, into: &$0) }
    }
    Wire.text(5, action.actionID, to: &output)
    appendEnd(of: action, to: &output)
    Wire.end(mark, in: &output)
  }

  /// Appends one step of the trace.
  public static func append(_ step: TraceStepMessage, to output: inout [UInt8]) {
    Wire.message(6, reserving: 2, to: &output) { output in
      Wire.text(1, step.path, to: &output)
      Wire.text(2, step.nodeID, to: &output)
      Wire.text(3, step.expression, to: &output)
      Wire.text(4, step.result, to: &output)
      if let error = step.error { Wire.message(5, to: &output) { error.append(to: &$0) } }
      Wire.integer(6, step.fuelUsed, to: &output)
      Wire.duration(7, step.elapsed, to: &output)
      for read in step.reads {
        Wire.message(8, to: &output) { output in
          Wire.text(1, read.name, to: &output)
          Wire.text(2, read.value, to: &output)
          Wire.logical(3, read.isMissing, to: &output)
          Wire.logical(4, read.isTruncated, to: &output)
        }
      }
      Wire.text(9, step.expressionPath, to: &output)
      Wire.logical(10, step.isResultTruncated, to: &output)
      guard let split = step.split else { return }
      Wire.message(11, to: &output) { output in
        Wire.double(1, split.fraction, to: &output)
        Wire.integer(2, UInt64(split.share), to: &output)
      }
    }
  }

  /// Appends what is known when the last node has run.
  public static func appendTail(
    status: ExecutionMessage.Status, elapsedNanoseconds: UInt64, fuelUsed: UInt64,
    omittedSteps: UInt64 = 0, to output: inout [UInt8]
  ) {
    Wire.integer(2, signed: Int64(status.rawValue), to: &output)
    Wire.duration(7, nanoseconds: elapsedNanoseconds, to: &output)
    Wire.integer(8, fuelUsed, to: &output)
    Wire.integer(10, omittedSteps, to: &output)
  }

  /// Appends that the answer was given before.
  public static func appendReplayed(to output: inout [UInt8]) {
    Wire.logical(9, true, to: &output)
  }

  private static func appendBeginning(of action: ActionResultMessage, to output: inout [UInt8]) {
    Wire.text(1, action.type, to: &output)
    Wire.text(2, action.path, to: &output)
    Wire.integer(3, signed: Int64(action.status.rawValue), to: &output)
  }

  private static func appendEnd(of action: ActionResultMessage, to output: inout [UInt8]) {
    if let error = action.error {
      Wire.message(6, reserving: 2, to: &output) { error.append(to: &$0) }
    }
    Wire.text(7, action.nodeID, to: &output)
  }
}
