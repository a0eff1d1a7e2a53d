internal import DecisionEngine
internal import SmartFlowMessages

extension StatusDetail {
  /// The decisions up to where a traced execution failed, or was stopped: an `Execution` without actions, since none
  /// of them was performed.
  static func tracedFailure(
    _ execution: inout Execution, of subject: ExecutionSubject, elapsedNanoseconds: UInt64
  ) -> StatusDetail {
    if let tree = subject.tree { execution.interrupt(tree) }
    let digest = subject.tree?.digest ?? [32 of UInt8](repeating: 0)
    return .execution { output in
      ExecutionWriter.appendHead(
        executionID: subject.executionID.bytes, tree: subject.published, treeDigest: digest,
        to: &output)
      for step in execution.trace { ExecutionWriter.append(TraceStepMessage(step), to: &output) }
      ExecutionWriter.appendTail(
        status: .unspecified, elapsedNanoseconds: elapsedNanoseconds,
        fuelUsed: UInt64(execution.fuelUsed), omittedSteps: UInt64(execution.omittedSteps),
        to: &output)
    }
  }
}

extension TraceStepMessage {
  /// A step of the engine as callers read it.
  init(_ step: TraceStep) {
    self.init(
      path: step.path, nodeID: step.nodeID ?? "", expression: step.expression,
      result: step.result, error: step.error.map { RPCStatus($0) },
      fuelUsed: UInt64(clamping: step.fuelUsed), elapsed: step.elapsed,
      reads: step.reads.map { read in
        PropertyReadMessage(
          name: read.name, value: read.value ?? "", isMissing: read.value == nil,
          isTruncated: read.isCut)
      },
      expressionPath: step.expressionPath, isResultTruncated: step.isResultCut,
      split: step.split.map {
        SplitChoiceMessage(fraction: $0.fraction, share: UInt32(clamping: $0.share))
      })
  }
}
