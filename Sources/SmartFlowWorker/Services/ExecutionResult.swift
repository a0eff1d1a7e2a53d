internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket
internal import WorkerLink

/// A finished execution with the names that its caller and its records know it by.
struct ExecutionResult {
  let subject: ExecutionSubject
  let digest: [32 of UInt8]
  let actions: [PlannedAction]
  /// One for each action, in order.
  let actionIDs: [UUIDv7]
  private(set) var trace: [TraceStep]
  /// Steps that are not in ``trace``: the last ones.
  private(set) var omittedSteps: Int
  let fuelUsed: Int
  let elapsedNanoseconds: UInt64

  init(
    _ execution: borrowing Execution, of subject: ExecutionSubject, elapsedNanoseconds: UInt64,
    in worker: Worker
  ) {
    self.subject = subject
    digest = subject.tree?.digest ?? [32 of UInt8](repeating: 0)
    actions = execution.actions
    actionIDs = actions.map { _ in worker.records.identifier(at: subject.now) }
    trace = execution.trace
    omittedSteps = execution.omittedSteps
    fuelUsed = execution.fuelUsed
    self.elapsedNanoseconds = elapsedNanoseconds
  }

  var status: ExecutionMessage.Status {
    if subject.dryRun { return .dryRun }
    return actions.contains { $0.failure != nil } ? .partiallyCompleted : .completed
  }

  /// What an action came to.
  func status(of action: PlannedAction) -> ActionResultMessage.Status {
    if action.failure != nil { return .failed }
    return subject.dryRun ? .notPerformed : .accepted
  }

  /// An upper bound on the answer's size, in bytes.
  var estimatedBytes: Int {
    var count = 512
    for action in actions {
      count += 512 + action.parameterBytes + 2 * action.path.utf8.count
      count += action.failure?.estimatedBytes ?? 0
    }
    for step in trace { count += step.estimatedBytes }
    return count
  }

  /// Leaves out the end of the trace as far as the answer is else longer than `bytes`: what was decided goes before why.
  mutating func fitTrace(into bytes: Int) {
    guard !trace.isEmpty else { return }
    var size = estimatedBytes
    while size > bytes, let last = trace.popLast() {
      size -= last.estimatedBytes
      omittedSteps += 1
    }
  }

  /// Appends the fields of the `Execution` message.
  func append(using writer: inout StructWriter, to output: inout [UInt8]) {
    // Safe: bytes of any content are bytes.
    unsafe ExecutionWriter.appendHead(
      executionID: subject.executionID.text, tree: subject.published, treeDigest: digest.span.bytes,
      to: &output)
    for (action, identifier) in zip(actions, actionIDs) {
      let message = ActionResultMessage(
        type: action.type, path: action.path, status: status(of: action),
        actionID: identifier.text, error: action.failure.map { RPCStatus($0, at: action.path) },
        nodeID: action.nodeID ?? "")
      if let parameters = action.parameters {
        ExecutionWriter.append(message, using: &writer, to: &output) { writer in
          parameters.visit(into: &writer)
        }
      } else {
        ExecutionWriter.append(message, using: &writer, to: &output)
      }
    }
    for step in trace { ExecutionWriter.append(TraceStepMessage(step), to: &output) }
    ExecutionWriter.appendTail(
      status: status, elapsed: .nanoseconds(elapsedNanoseconds), fuelUsed: UInt64(fuelUsed),
      omittedSteps: UInt64(omittedSteps), to: &output)
  }
}

extension JSONObject {
  /// Gives the object to a sink, event by event.
  func visit<Sink: ValueSink>(into sink: inout Sink) {
    sink.beginObject()
    for (key, value) in self {
      // Safe: UTF-8 is bytes, here and below.
      unsafe sink.key(key.utf8Span.span.bytes)
      value.visit(into: &sink)
    }
    sink.endObject()
  }
}

extension JSONValue {
  // As deep as a tree's parameters may nest.
  fileprivate func visit<Sink: ValueSink>(into sink: inout Sink) {
    switch self {
    case .null: sink.null()
    case .bool(let value): sink.logical(value)
    case .number(let value): sink.number(value)
    case .string(let text): unsafe sink.text(text.utf8Span.span.bytes)
    case .array(let elements):
      sink.beginList()
      for element in elements { element.visit(into: &sink) }
      sink.endList()
    case .object(let object): object.visit(into: &sink)
    }
  }
}

extension Worker {
  /// Records what an execution came to, and counts it.
  ///
  /// - Parameters:
  ///   - execution: Has finished.
  ///   - subject: What it is about.
  ///   - call: Whose it is.
  ///   - context: What ``digest(_:of:into:until:)`` made of its context.
  ///   - claimed: The key that the call has.
  ///   - answerBytes: The most that the answer may take; under a key no more than is remembered.
  ///   - writer: Writes the answer that a key is to have.
  /// - Returns: The result, and what must be on the disk before its caller is told.
  /// - Throws: Why there is none; then nothing is recorded.
  func conclude(
    _ execution: borrowing Execution, of subject: ExecutionSubject, _ call: Call,
    context: ContextDigest, under claimed: ClaimedKey?, answerBytes: Int,
    using writer: inout StructWriter
  ) throws(RPCStatus) -> (result: ExecutionResult, position: WorkerJournal.Position?) {
    var result = ExecutionResult(
      execution, of: subject,
      elapsedNanoseconds: SystemClock.monotonicNanoseconds - call.received, in: self)
    let limit = claimed == nil ? answerBytes : min(answerBytes, KeyMessage.answerBytes)
    result.fitTrace(into: limit)
    guard result.estimatedBytes <= limit else {
      throw .answerTooLarge(limit: min(limit, Limits.answerBytes))
    }
    showAnswering(ofBytes: result.estimatedBytes)
    #if FAULT_INJECTION
      faults.strike(.record)
    #endif
    var answer: [UInt8] = []
    if claimed != nil { result.append(using: &writer, to: &answer) }
    let position = try record(result, call, context: context, under: claimed, answer: answer)
    records.write(result, call)
    count(result)
    return (result, position)
  }
}
