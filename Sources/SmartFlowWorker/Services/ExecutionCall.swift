internal import DecisionEngine
internal import SmartFlowMessages
internal import TTRPC
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// One `ExecuteTree` from its decoded request to its answer; used again for the next.
final class ExecutionCall: TreeUser, KeyedCall {
  @safe @exclusivity(unchecked) var execution = Execution()
  /// What was not built of the context.
  @safe @exclusivity(unchecked) var contextCopy = ContextCopy()
  @safe @exclusivity(unchecked) var writer = StructWriter()
  /// Memory for the names of its actions.
  @safe @exclusivity(unchecked) private var identifiers: [UUIDv7] = []
  @safe @exclusivity(unchecked) private var call: Call?
  @safe @exclusivity(unchecked) private var subject = ExecutionSubject()
  /// What is wrong with the context; the tree is to be looked at first.
  @safe @exclusivity(unchecked) private var contextFailure: RPCStatus?
  /// The key that it has, or has asked for.
  @safe @exclusivity(unchecked) private var claimed: ClaimedKey?
  @safe @exclusivity(unchecked) private var isGranted = false
  /// What is to be recorded of the context.
  @safe @exclusivity(unchecked) private var contextDigest = ContextDigest()
  /// What it came to, while its record is not written.
  @safe @exclusivity(unchecked) private var result: ExecutionResult?

  var deadline: UInt64 { call?.deadline ?? .max }
  var connection: Connection? { call?.connection }
  /// The subject's tree, once it is there; asked of what is cached, since the subject's own answer would copy all of it.
  private var tree: Tree? { subject.cached?.tree }

  /// Takes a call whose context is filled already, and whose tree is still to come.
  func prepare(
    _ call: Call, _ subject: consuming ExecutionSubject, _ contextFailure: RPCStatus?
  ) {
    self.call = call
    self.subject = subject
    self.contextFailure = contextFailure
  }

  /// Takes what is wrong with a context that was filled later.
  func refuseContext(_ failure: RPCStatus) { contextFailure = failure }

  func take(_ tree: Result<CachedTree, RPCStatus>, in worker: Worker) {
    guard call != nil else { return }
    do throws(RPCStatus) {
      let cached = try tree.get()
      let tree = try worker.sound(cached)
      if let contextFailure { throw contextFailure }
      subject.cached = cached
      execution.start(tree, inputs: subject.inputs)
      if let key = subject.key {
        claimed = try worker.claim(key, subject, tree, for: self)
        return
      }
    } catch {
      subject = ExecutionSubject()
      return fail(error, in: worker)
    }
    if runSlice(until: worker.firstRunEnd, in: worker) { return }
    if let connection { worker.wait(self, of: connection) }
  }

  func take(_ verdict: KeyVerdict, in worker: Worker) {
    guard let call else { return }
    switch verdict {
    case .granted:
      isGranted = true
      worker.unpark(self, of: call.connection)
    case .replayed(let answer):
      worker.answer(call) { output in
        let mark = ExecutionWriter.beginResponse(in: &output)
        output += answer
        ExecutionWriter.appendReplayed(to: &output)
        ExecutionWriter.endResponse(mark, in: &output)
      }
      recycle(in: worker)
    case .refused(let status): fail(status, in: worker)
    }
  }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    guard let tree, let streamID = call?.streamID, let received = call?.received else {
      return true
    }
    if claimed != nil { worker.settleRecords() }
    worker.showExecution(
      of: tree, subject.executionID, streamID: streamID, deadline: deadline)
    #if FAULT_INJECTION
      worker.faults.strike(.execute)
    #endif
    let progress = worker.run(
      &execution, tree, until: end, deadline: deadline, received: received)
    switch progress {
    case .paused: return false
    case .stopped(let status): fail(status, in: worker)
    case .finished:
      do throws(RPCStatus) {
        let isDigested = try worker.digest(
          &execution, &contextCopy, of: &subject, into: &contextDigest, until: end)
        guard isDigested else { return false }
      } catch {
        fail(error, in: worker)
        return true
      }
      finish(in: worker)
    }
    return true
  }

  func expire(now: UInt64, in worker: Worker) {
    guard let call else { return }
    fail(
      .deadlineExceeded(elapsedNanoseconds: now - call.received, path: currentPath), in: worker)
  }

  func cutShort(in worker: Worker) { fail(.draining, in: worker) }

  /// Where the execution stands; nowhere before it has its tree.
  private var currentPath: String { tree == nil ? "" : execution.currentPath }

  func abandon(in worker: Worker) {
    guard let call else { return }
    // Nobody hears it; the call is counted, and no longer in flight.
    worker.answer(call, failure: .draining)
    recycle(in: worker)
  }

  private func fail(_ status: RPCStatus, in worker: Worker) {
    guard let call else { return }
    worker.records.writeFailure(status, of: subject, call, path: currentPath)
    worker.countFailedExecution()
    var status = status
    if subject.trace, tree != nil {
      let elapsed = SystemClock.monotonicNanoseconds - call.received
      status.details.append(
        .tracedFailure(&execution, of: subject, elapsedNanoseconds: elapsed))
    }
    worker.answer(call, failure: status)
    recycle(in: worker)
  }

  private func finish(in worker: Worker) {
    guard let call = takeCall() else { return }
    var result = worker.result(
      &execution, of: takeSubject(), call, using: &writer, &identifiers)
    var position: WorkerJournal.Position?
    var isUnwritten = false
    do throws(RPCStatus) {
      try result.fit(into: Limits.answerBytes - 1, isKeyed: claimed != nil)
      if claimed != nil {
        position = try worker.conclude(
          result, call, context: &contextDigest, under: claimed, using: &writer)
      } else {
        isUnwritten = try worker.addRecord(result, call, context: &contextDigest)
        if !isUnwritten { worker.tell(of: result, call) }
      }
    } catch {
      subject = result.subject
      self.call = call
      return fail(error, in: worker)
    }
    // The keeper is told of the answer.
    isGranted = false
    #if FAULT_INJECTION
      worker.faults.strike(.answer)
    #endif
    if isUnwritten {
      self.result = consume result
      self.call = call
      worker.await(recordOf: self, call)
    } else {
      answer(call, &result, after: position, in: worker)
    }
  }

  /// Answers its caller, now that its record is written.
  ///
  /// - Parameters:
  ///   - position: What must be on the disk before.
  ///   - worker: Whose call it is.
  func tell(after position: WorkerJournal.Position?, in worker: Worker) {
    guard let call = takeCall(), var result = result.take() else { return }
    if let tree = result.subject.tree {
      worker.showAnswering(
        of: tree, result.subject.executionID, streamID: call.streamID, deadline: call.deadline,
        bytes: result.estimatedBytes)
    }
    worker.tell(of: result, call)
    answer(call, &result, after: position, in: worker)
  }

  /// Tells its caller why its record could not be written.
  func refuse(_ status: RPCStatus, in worker: Worker) {
    if let result = result.take() { subject = result.subject }
    fail(status, in: worker)
  }

  private func answer(
    _ call: Call, _ result: inout ExecutionResult, after position: WorkerJournal.Position?,
    in worker: Worker
  ) {
    if let position {
      var frame: [UInt8] = []
      _ = FrameWriter.beginFrame(in: &frame)
      ResponseEnvelope.append(to: &frame) { write(&result, to: &$0) }
      FrameWriter.endFrame(
        startingAt: 0, type: .response, streamID: call.streamID, in: &frame)
      worker.hold(frame, for: call, until: position)
    } else {
      worker.answer(call) { write(&result, to: &$0) }
    }
    recycle(in: worker)
  }

  /// Gives away the call; taken, as all that follows, since a copy would count a dozen references.
  private func takeCall() -> Call? {
    var taken: Call?
    swap(&taken, &call)
    return taken
  }

  /// Gives away what the execution is about.
  private func takeSubject() -> ExecutionSubject {
    var taken = ExecutionSubject()
    swap(&taken, &subject)
    return taken
  }

  /// The result is only read, and lent.
  private func write(_ result: inout ExecutionResult, to output: inout [UInt8]) {
    let mark = ExecutionWriter.beginResponse(in: &output)
    result.append(using: &writer, to: &output)
    ExecutionWriter.endResponse(mark, in: &output)
  }

  private func recycle(in worker: Worker) {
    if isGranted, let claimed { worker.release(claimed) }
    claimed = nil
    isGranted = false
    call = nil
    contextFailure = nil
    contextDigest.removeAll()
    subject = ExecutionSubject()
    if worker.idleExecutions.count < Limits.idleExecutions { worker.idleExecutions.append(self) }
  }
}

/// What an execution is about, apart from its context.
struct ExecutionSubject {
  /// Its tree, which is a sound one; `nil` where it has none yet.
  var cached: CachedTree?
  /// The name and version of a tree that was published.
  var published: TreeReferenceMessage?
  var playerID = ""
  var dryRun = false
  var trace = false
  /// The hash of its idempotency key.
  var key: Digest?
  /// The instant of the execution.
  var now = WallTime(microseconds: 0)
  var executionID = UUIDv7.zero

  var tree: Tree? { cached?.tree }
  /// The names and versions of the published trees that are part of it.
  var subTrees: SubTreeVersions { cached?.subTreeVersions ?? SubTreeVersions() }

  var inputs: ExecutionInputs {
    ExecutionInputs(playerID: playerID, now: now.seconds, wantsTrace: trace)
  }
}

extension Worker {
  /// How a slice of an execution ended.
  enum SliceOutcome {
    case paused
    case finished
    /// It has no result; this is why.
    case stopped(RPCStatus)
  }

  /// Runs an execution, with a look at the clock every so many units of fuel.
  func run(
    _ execution: inout Execution, _ tree: Tree, until end: UInt64, deadline: UInt64,
    received: UInt64
  ) -> SliceOutcome {
    var now = clock
    while true {
      if now >= deadline {
        return .stopped(
          .deadlineExceeded(
            elapsedNanoseconds: now - received, path: execution.currentPath))
      }
      // The total decides, not the slices: the same tree runs dry at the same place always.
      let left = settings.fuelUnits - execution.fuelUsed
      var fuel = min(Limits.fuelBetweenClockReads, max(left, 1))
      let progress = execution.run(tree, fuel: &fuel)
      if execution.isTraced {
        execution.addElapsed(.nanoseconds(lookAtClock() - now))
      }
      if execution.fuelUsed > settings.fuelUnits {
        return .stopped(.outOfFuel(limit: settings.fuelUnits, path: execution.currentPath))
      }
      switch progress {
      case .finished: return .finished
      case .failed(let failure): return .stopped(RPCStatus(failure))
      case .paused: break
      }
      now = lookAtClock()
      if now >= end && now < deadline { return .paused }
    }
  }
}
