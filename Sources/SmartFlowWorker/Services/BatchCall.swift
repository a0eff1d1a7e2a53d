internal import DecisionEngine
internal import Filtrex
internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// One `ExecuteBatch`: items in order, with other calls between them.
final class BatchCall: TreeUser, KeyedCall {
  private let call: Call
  private var request: ExecuteBatchRequest
  private var subject: ExecutionSubject
  private var execution = Execution()
  /// Stays empty: of an item that may be recorded all is built.
  private var contextCopy = ContextCopy()
  private var writer = StructWriter()
  /// Memory for the names of an item's actions.
  private var identifiers: [UUIDv7] = []
  /// The answer's frame so far, in a buffer of its own: a response of megabytes is copied nowhere, which would take
  /// longer than a slice.
  private var frame: [UInt8] = []
  private let envelope: MessageMark
  private var next = 0
  /// What must be on the disk before the answer is given.
  private var position: WorkerJournal.Position?
  /// Why every item that is not done has no result; `nil` while they are worked off.
  private var ending: Ending?
  /// The item at `next` has begun and is not done.
  private var running: ExecutionSubject?
  /// Reads the running item's context, where that is large.
  private var reading: ContextReading?
  /// Whether the running item has its context, and its key if it has one, or has asked for it.
  private var isStarted = false
  /// The key that the running item has, or has asked for.
  private var claimed: ClaimedKey?
  private var isGranted = false
  /// What is to be recorded of the running item's context.
  private var contextDigest = ContextDigest()

  /// Bytes that each item's error may take at most, kept free so that every item gets an answer.
  private static let bytesForError = 400

  init(
    _ call: Call, _ request: consuming ExecuteBatchRequest, _ subject: ExecutionSubject
  ) {
    _ = FrameWriter.beginFrame(in: &frame)
    // A thousand items with an action each take a quarter of a mebibyte, ten thousand more than two.
    envelope = ResponseEnvelope.begin(in: &frame, ofMegabytes: request.itemCount > 5000)
    self.call = call
    self.request = request
    self.subject = subject
  }

  var deadline: UInt64 { ending == nil ? call.deadline : .max }
  var isBatch: Bool { true }
  var connection: Connection? { call.connection }

  func take(_ tree: Result<CachedTree, RPCStatus>, in worker: Worker) {
    do throws(RPCStatus) {
      let cached = try tree.get()
      _ = try worker.sound(cached)
      subject.cached = cached
    } catch {
      worker.records.writeFailure(error, of: ExecutionSubject(), call, path: "")
      return worker.answer(call, failure: error)
    }
    if !runSlice(until: worker.firstRunEnd, in: worker) { worker.wait(self, of: call.connection) }
  }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    if let ending { return failRest(ending, until: end, in: worker) }
    do throws(MessageError) {
      guard try checkItems(until: end, in: worker) else { return false }
    } catch {
      let status = RPCStatus(error)
      worker.records.writeFailure(status, of: ExecutionSubject(), call, path: "")
      worker.answer(call, failure: status)
      return true
    }
    worker.settleRecords()
    while next < request.itemCount {
      if running == nil && SystemClock.monotonicNanoseconds >= end { return false }
      switch runItem(until: end, in: worker) {
      case .paused: return false
      case .parked: return true
      case .done: goOn(in: worker)
      }
    }
    finish(in: worker)
    return true
  }

  /// Looks at all items before the first is begun: a request that is malformed has no effect.
  ///
  /// - Returns: Whether all were looked at.
  private func checkItems(until end: UInt64, in worker: Worker) throws(MessageError) -> Bool {
    guard !request.areItemsChecked else { return true }
    worker.showReading(ofBytes: request.byteCount, for: call)
    while try request.checkItems(fields: Limits.eventsPerStep) {
      guard SystemClock.monotonicNanoseconds < end else { return false }
    }
    return true
  }

  /// Leaves an item behind; a key for which it has no answer is given back.
  private func goOn(in worker: Worker) {
    next += 1
    running = nil
    isStarted = false
    letGo(in: worker)
  }

  /// Gives back what the running item holds.
  private func letGo(in worker: Worker) {
    if let reading { worker.endReading(reading) }
    reading = nil
    if isGranted, let claimed { worker.release(claimed) }
    claimed = nil
    isGranted = false
  }

  func take(_ verdict: KeyVerdict, in worker: Worker) {
    switch verdict {
    case .granted: isGranted = true
    case .replayed(let answer):
      if answer.count + 64 <= room {
        ExecutionWriter.appendBatchResult(to: &frame) { output in
          output += answer
          ExecutionWriter.appendReplayed(to: &output)
        }
      } else {
        fail(.answerTooLarge(limit: Limits.answerBytes), in: worker)
      }
      goOn(in: worker)
    case .refused(let status):
      fail(status, in: worker)
      goOn(in: worker)
    }
    worker.unpark(self, of: call.connection)
  }

  func expire(now: UInt64, in worker: Worker) {
    ending = .expired(elapsedNanoseconds: now - call.received)
    // In turns: to tell ten thousand items takes many slices.
    worker.wait(self, of: call.connection)
  }

  func cutShort(in worker: Worker) { _ = failRest(.cutShort, until: .max, in: worker) }

  /// Answers every item that is not done alike, and so the whole, until the clock reaches `end`.
  ///
  /// - Returns: Whether all are answered.
  private func failRest(_ ending: Ending, until end: UInt64, in worker: Worker) -> Bool {
    var repeated: [UInt8] = []
    while next < request.itemCount {
      let status = ending.status(path: currentPath)
      if repeated.isEmpty || room < repeated.count + 4096 {
        let start = frame.count
        let isFresh = running == nil
        fail(status, in: worker)
        // Written once for all that have not begun; while there is room, it is the same for each.
        if isFresh, room >= 4096 { repeated = Array(frame[start...]) }
      } else {
        worker.records.writeFailure(status, of: subject, call, path: "")
        frame.append(contentsOf: repeated)
      }
      goOn(in: worker)
      if next < request.itemCount, SystemClock.monotonicNanoseconds >= end { return false }
    }
    finish(in: worker)
    return true
  }

  func abandon(in worker: Worker) {
    letGo(in: worker)
    worker.answer(call, failure: .draining)
  }

  private func runItem(until end: UInt64, in worker: Worker) -> ItemProgress {
    do throws(RPCStatus) {
      if running == nil { try begin(in: worker) }
      if !isStarted {
        guard try readContext(until: end, in: worker) else { return .paused }
        if try start(in: worker) { return .parked }
      }
    } catch {
      fail(error, in: worker)
      return .done
    }
    guard var running, let tree = subject.tree else { return .done }
    worker.showExecution(
      of: tree, running.executionID, streamID: call.streamID, deadline: call.deadline)
    #if FAULT_INJECTION
      worker.faults.strike(.execute)
    #endif
    switch worker.run(
      &execution, tree, until: end, deadline: call.deadline, received: call.received)
    {
    case .paused: return .paused
    case .stopped(let status): fail(status, in: worker)
    case .finished:
      do throws(RPCStatus) {
        let isDigested = try worker.digest(
          &execution, &contextCopy, of: &running, into: &contextDigest, until: end)
        guard isDigested else { return .paused }
      } catch {
        fail(error, in: worker)
        return .done
      }
      var result = worker.result(&execution, of: running, call, using: &writer, &identifiers)
      do throws(RPCStatus) {
        try result.fit(into: room, isKeyed: claimed != nil)
        let position = try worker.conclude(
          result, call, context: &contextDigest, under: claimed, using: &writer)
        if let position { self.position = position }
      } catch {
        fail(error, in: worker)
        return .done
      }
      // The keeper is told of the answer.
      isGranted = false
      ExecutionWriter.appendBatchResult(to: &frame) { output in
        result.append(using: &self.writer, to: &output)
      }
      if next == 0 { reserve() }
    }
    return .done
  }

  private func begin(in worker: Worker) throws(RPCStatus) {
    contextDigest.removeAll()
    var item = subject
    reading = try worker.arena.lend { arena throws(RPCStatus) in
      let player: BatchItem
      do throws(MessageError) {
        player = try BatchItem(decoding: request.item(next), in: &arena)
      } catch {
        throw RPCStatus(error)
      }
      let key = try Worker.keyHash(
        of: player.idempotencyKey, at: "items/\(next)/idempotency_key")
      item.key = item.dryRun ? nil : key
      item.playerID = player.playerID
      try Worker.check(playerID: item.playerID, at: "items/\(next)/player_id")
      item.executionID = worker.records.identifier(at: item.now)
      let mayBeDigested = worker.mayBeDigested(item)
      let plan = ContextPlan(
        needs: mayBeDigested ? nil : item.tree?.needs, mayBeDigested: mayBeDigested)
      return try worker.fill(
        &execution.context, from: player.context, plan, keeping: &contextCopy)
    }
    running = item
  }

  /// - Returns: Whether all of it is read.
  private func readContext(until end: UInt64, in worker: Worker) throws(RPCStatus) -> Bool {
    guard let reading else { return true }
    worker.showReading(ofBytes: reading.byteCount, for: call)
    guard try reading.run(until: end, into: &execution.context) else { return false }
    worker.endReading(reading)
    self.reading = nil
    return true
  }

  /// Starts the running item, whose context is there.
  ///
  /// - Returns: Whether it waits for the keeper's word on its key.
  private func start(in worker: Worker) throws(RPCStatus) -> Bool {
    guard let running, let tree = running.tree else { return false }
    isStarted = true
    execution.start(tree, inputs: running.inputs)
    guard let key = running.key else { return false }
    claimed = try worker.claim(key, running, tree, for: self)
    return true
  }

  private func fail(_ status: RPCStatus, in worker: Worker) {
    worker.countFailedExecution()
    worker.records.writeFailure(
      status, of: running ?? subject, call, path: currentPath)
    var status = status
    // A long complaint about each of thousands of players would leave no room for the rest.
    if status.message.utf8.count > 120 || room < 4096 { status.details = [] }
    status.message = status.message.shortened(to: 300)
    if let running, isStarted, running.trace {
      let elapsed = SystemClock.monotonicNanoseconds - call.received
      let detail = StatusDetail.tracedFailure(
        &execution, of: running, elapsedNanoseconds: elapsed)
      if case .other(_, let value) = detail, value.count + 4096 <= room {
        status.details.append(detail)
      }
    }
    let start = frame.count
    ExecutionWriter.appendBatchResult(status, to: &frame)
    guard room < 0 else { return }
    // The details have taken what is kept for the items that follow.
    frame.removeSubrange(start...)
    status.details = []
    ExecutionWriter.appendBatchResult(status, to: &frame)
  }

  /// Where the running item stands; nowhere before it has started.
  private var currentPath: String { isStarted ? execution.currentPath : "" }

  /// Bytes for the next item, when each behind it gets at least its error.
  private var room: Int {
    Limits.answerBytes - 64 - frame.count
      - (request.itemCount - next - 1) * Self.bytesForError
  }

  /// Makes room for as much as all items take if each takes what the first one did.
  private func reserve() {
    frame.reserveCapacity(min(Limits.answerBytes, frame.count * (request.itemCount + 1)))
  }

  private func finish(in worker: Worker) {
    ResponseEnvelope.end(envelope, in: &frame)
    FrameWriter.endFrame(startingAt: 0, type: .response, streamID: call.streamID, in: &frame)
    if let position {
      worker.hold(frame, for: call, until: position)
    } else {
      worker.answer(call, frame: &frame)
    }
  }
}

extension BatchCall {
  /// How far an item has come.
  private enum ItemProgress {
    case done
    /// Its slice is over.
    case paused
    /// It waits for the keeper's word on its key.
    case parked
  }

  /// Why what is left of a batch has no results.
  private enum Ending {
    case expired(elapsedNanoseconds: UInt64)
    case cutShort

    func status(path: String) -> RPCStatus {
      switch self {
      case .expired(let elapsed): .deadlineExceeded(elapsedNanoseconds: elapsed, path: path)
      case .cutShort: .draining
      }
    }
  }
}
