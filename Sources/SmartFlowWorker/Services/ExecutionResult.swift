internal import DecisionEngine
internal import JSON
internal import Journal
internal import SmartFlowMessages
internal import UnixSocket
internal import WorkerLink

/// A finished execution with the names that its caller and its records know it by.
///
/// Lent to those, and never copied: that would count a dozen references.
struct ExecutionResult {
  let subject: ExecutionSubject
  let actions: [PlannedAction]
  /// One for each action, in order.
  let actionIDs: [UUIDv7]
  private(set) var trace: [TraceStep]
  /// Steps that are not in ``trace``: the last ones.
  private(set) var omittedSteps: Int
  let fuelUsed: Int
  let elapsedNanoseconds: UInt64
  let status: ExecutionMessage.Status
  /// An upper bound on the answer's size, in bytes.
  private(set) var estimatedBytes = 512

  /// Takes what an execution came to.
  ///
  /// - Parameters:
  ///   - execution: Only read; lent, since a copy of all its state would cost more than the decision.
  ///   - subject: What it is about.
  ///   - elapsedNanoseconds: Since the request was read.
  ///   - worker: Names its actions.
  ///   - writer: Writes what answers say of them.
  ///   - identifiers: Memory for their names, used again once the result is gone.
  init(
    _ execution: inout Execution, of subject: ExecutionSubject,
    elapsedNanoseconds: UInt64, in worker: Worker, using writer: inout StructWriter,
    _ identifiers: inout [UUIDv7]
  ) {
    actions = execution.actions
    trace = execution.trace
    omittedSteps = execution.omittedSteps
    fuelUsed = execution.fuelUsed
    self.elapsedNanoseconds = elapsedNanoseconds
    identifiers.removeAll(keepingCapacity: true)
    var hasFailures = false
    for index in actions.indices {
      identifiers.append(worker.records.identifier(at: subject.now))
      hasFailures = hasFailures || actions[index].failure != nil
      estimatedBytes += Self.estimatedBytes(of: actions[index], of: subject, using: &writer)
    }
    actionIDs = identifiers
    for step in trace { estimatedBytes += step.estimatedBytes }
    status = subject.dryRun ? .dryRun : hasFailures ? .partiallyCompleted : .completed
    self.subject = subject
  }

  private static func estimatedBytes(
    of action: borrowing PlannedAction, of subject: ExecutionSubject,
    using writer: inout StructWriter
  ) -> Int {
    if let part = subject.cached?.part(of: action, using: &writer) {
      return 128 + part.message.byteCount
    }
    return 512 + action.parameterBytes + 2 * action.path.utf8.count
      + (action.failure?.estimatedBytes ?? 0)
  }

  /// SHA-256 of the tree's canonical JSON.
  var digest: [32 of UInt8] { subject.tree?.digest ?? [32 of UInt8](repeating: 0) }

  /// What an action came to.
  func status(of action: borrowing PlannedAction) -> ActionResultMessage.Status {
    if action.failure != nil { return .failed }
    return subject.dryRun ? .notPerformed : .accepted
  }

  /// Leaves out the end of the trace as far as the answer is else too long: what was decided goes before why.
  ///
  /// - Parameters:
  ///   - bytes: The most that the answer may take; under a key no more than is remembered.
  ///   - isKeyed: Whether there is a key.
  /// - Throws: `RESOURCE_EXHAUSTED` where it is too long without any.
  mutating func fit(into bytes: Int, isKeyed: Bool) throws(RPCStatus) {
    let limit = isKeyed ? min(bytes, KeyMessage.answerBytes) : bytes
    while estimatedBytes > limit, let last = trace.popLast() {
      estimatedBytes -= last.estimatedBytes
      omittedSteps += 1
    }
    guard estimatedBytes > limit else { return }
    throw .answerTooLarge(limit: min(limit, Limits.answerBytes))
  }

  /// Appends the fields of the `Execution` message.
  func append(using writer: inout StructWriter, to output: inout [UInt8]) {
    ExecutionWriter.appendHead(
      executionID: subject.executionID.bytes, tree: subject.published, treeDigest: digest,
      to: &output)
    for index in actions.indices {
      append(actions[index], actionIDs[index], using: &writer, to: &output)
    }
    for step in trace { ExecutionWriter.append(TraceStepMessage(step), to: &output) }
    ExecutionWriter.appendTail(
      status: status, elapsedNanoseconds: elapsedNanoseconds, fuelUsed: UInt64(fuelUsed),
      omittedSteps: UInt64(omittedSteps), to: &output)
  }

  private func append(
    _ action: borrowing PlannedAction, _ identifier: UUIDv7, using writer: inout StructWriter,
    to output: inout [UInt8]
  ) {
    let status = status(of: action)
    if let part = subject.cached?.part(of: action, using: &writer) {
      return ExecutionWriter.append(
        part.message, status: status, actionID: identifier.bytes, to: &output)
    }
    let path = action.path
    let message = ActionResultMessage(
      type: action.type, path: path, status: status,
      error: action.failure.map { RPCStatus($0, at: path) }, nodeID: action.nodeID ?? "")
    ExecutionWriter.append(
      message, actionID: identifier.bytes, using: &writer, to: &output,
      parameters: action.parameters.map { parameters in { parameters.visit(into: &$0) } })
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
  /// What an execution that has finished came to.
  ///
  /// - Parameters:
  ///   - execution: Only read, and lent.
  ///   - subject: What it is about.
  ///   - call: Whose it is.
  ///   - writer: Writes what answers say of its actions.
  ///   - identifiers: Memory for the names of its actions.
  /// - Returns: The result, of which nothing is recorded yet.
  func result(
    _ execution: inout Execution, of subject: ExecutionSubject, _ call: Call,
    using writer: inout StructWriter, _ identifiers: inout [UUIDv7]
  ) -> ExecutionResult {
    let result = ExecutionResult(
      &execution, of: subject, elapsedNanoseconds: lookAtClock() - call.received, in: self,
      using: &writer, &identifiers)
    showAnswering(ofBytes: result.estimatedBytes)
    return result
  }

  /// Records at once what an execution came to, and counts it; no other call may wait for its record.
  ///
  /// - Parameters:
  ///   - result: The result, which fits into its answer.
  ///   - call: Whose it is.
  ///   - context: What ``digest(_:_:of:into:until:)`` made of its context; only read, and lent.
  ///   - claimed: The key that the call has.
  ///   - writer: Writes the answer that a key is to have.
  /// - Returns: What must be on the disk before its caller is told.
  /// - Throws: Why there is no result; then nothing is recorded.
  func conclude(
    _ result: borrowing ExecutionResult, _ call: Call, context: inout ContextDigest,
    under claimed: ClaimedKey?, using writer: inout StructWriter
  ) throws(RPCStatus) -> WorkerJournal.Position? {
    var keyed: KeyedAnswer?
    if let claimed {
      var answer: [UInt8] = []
      result.append(using: &writer, to: &answer)
      keyed = KeyedAnswer(
        key: claimed.key.bytes, request: claimed.asked.bytes,
        microseconds: SystemClock.microsecondsSince1970, answer: answer[...])
    }
    var position: WorkerJournal.Position?
    if try addRecord(result, call, context: &context, keyed: keyed) {
      let outcome = writeRecords()
      if let failure = outcome.failure { throw .notRecorded(failure) }
      position = outcome.position
    }
    if let claimed, let keyed { tellRecorded(claimed, keyed, at: position) }
    tell(of: result, call)
    return position
  }

  /// Logs and counts what an execution came to, once it is recorded.
  func tell(of result: borrowing ExecutionResult, _ call: Call) {
    records.write(result, call)
    count(result)
  }
}
