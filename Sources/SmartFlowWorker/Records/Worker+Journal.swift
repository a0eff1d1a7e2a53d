internal import DecisionEngine
internal import Glibc
internal import Journal
internal import SmartFlowMessages
internal import Telemetry
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// From a decision to its record, which is there before anybody is told.
extension Worker {
  /// Adds the record of a decision to those of the turn, where it is one that is recorded; one with an idempotency key
  /// always is.
  ///
  /// - Parameters:
  ///   - result: The decision.
  ///   - call: Whose it is.
  ///   - context: What ``digest(_:_:of:into:until:)`` made of its context; only read, and lent.
  ///   - keyed: The answer, where its call has an idempotency key.
  /// - Returns: Whether there is a record, which ``writeRecords()`` writes.
  /// - Throws: `UNAVAILABLE` when it can't be recorded: then it was not made.
  func addRecord(
    _ result: borrowing ExecutionResult, _ call: Call, context: inout ContextDigest,
    keyed: KeyedAnswer? = nil
  ) throws(RPCStatus) -> Bool {
    #if FAULT_INJECTION
      faults.strike(.record)
    #endif
    let isDue = isRecorded(result.subject, hasActions: !result.actions.isEmpty)
    guard isDue || keyed != nil else { return false }
    let members = decisionMembers.write(
      result, call, context: context,
      at: WallTime(microseconds: SystemClock.wallMicroseconds))
    let hadFailed = journal.hasFailed
    do throws(JournalWriteError) {
      try journal.add(isAudited: scope != .off && isDue, members: members, keyed: keyed)
      return true
    } catch {
      noteJournal(error, hadFailed: hadFailed)
      throw .notRecorded(error)
    }
  }

  /// Writes the records of the turn.
  func writeRecords() -> WorkerJournal.Outcome {
    let hadFailed = journal.hasFailed
    let bytesBefore = journal.appendedBytes
    let outcome = journal.commit(now: SystemClock.monotonicNanoseconds)
    page.countMetric(MetricsLayout.journalBytes, by: journal.appendedBytes - bytesBefore)
    noteJournal(outcome.failure, hadFailed: hadFailed)
    return outcome
  }

  /// Says once that nothing can be recorded, however many calls that turns away, and that it can be again.
  private func noteJournal(_ failure: JournalWriteError?, hadFailed: Bool) {
    guard hadFailed != (failure != nil) else { return }
    if let failure {
      records.write(event: "journal_failed", level: .error, reason: "\(failure)")
    } else {
      records.write(
        event: "journal_resumed", level: .notice, reason: "records are written again")
    }
  }

  /// Whether the record of a decision, if there is to be one, has the digest of its context.
  func mayBeDigested(_ subject: ExecutionSubject) -> Bool {
    !subject.dryRun && contextScope != .off && scope != .off
  }

  private var contextScope: AuditContext {
    AuditContext(rawValue: settings.auditContext) ?? .digest
  }

  private var scope: AuditScope { AuditScope(rawValue: settings.auditScope) ?? .all }

  private func isRecorded(_ subject: ExecutionSubject, hasActions: Bool) -> Bool {
    guard !subject.dryRun else { return false }
    if hasActions { return true }
    return scope == .all
      && subject.executionID.sample < UInt32(clamping: settings.auditSamplePerMillion)
  }

  /// Goes on with the digest of the context of an execution that has finished, where its record will hold it.
  ///
  /// Execution and subject are only read; lent, since a copy of all their state would cost more than the decision. A
  /// small one is done at once. A large one takes a millisecond or two, which others do not wait for.
  ///
  /// - Returns: Whether there is nothing more to do, rather than the clock having reached `end`.
  /// - Throws: As ``read(_:into:)``.
  func digest(
    _ execution: inout Execution, _ copy: inout ContextCopy, of subject: inout ExecutionSubject,
    into digest: inout ContextDigest, until end: UInt64
  ) throws(RPCStatus) -> Bool {
    guard mayBeDigested(subject), !digest.isWhole else { return true }
    let isWanted = isRecorded(subject, hasActions: !execution.actions.isEmpty)
    subject.cached?.wasDigested = isWanted
    guard isWanted else { return true }
    // The decision is made: nothing reads what was built for it any more.
    if let rest = copy.take() { try read(rest, into: &execution.context) }
    let limit = contextScope == .full ? Limits.recordedContextBytes : 0
    while digest.step(execution.context, keeping: limit) {
      if SystemClock.monotonicNanoseconds >= end { return false }
    }
    return true
  }

  /// Reads what the keeper says of journals; that it is gone the control channel tells too.
  func readJournalChannel() throws(SystemError) {
    var packet = [UInt8](repeating: 0, count: JournalMessage.byteCount + 1)
    while true {
      switch journal.channel.receivePacket(into: &packet) {
      case .packet(let count, let file):
        switch JournalMessage(parsing: packet[..<count]) {
        case .journal(let id): if let file { journal.become(file, id: id) }
        case .noJournal: journal.settleWithout()
        case .synchronized(let id, let byteCount): release(upTo: byteCount, of: id)
        case .failed(let id): refuseHeld(of: id)
        case .appended, .broken, nil: break
        }
      case .wouldBlock: return
      case .failed(EPROTO):
        // There was no descriptor left for it; the keeper gives another when this one is told of as broken.
        records.write(event: "journal_failed", level: .error, reason: "no descriptor to spare")
      case .closed: return try poller.remove(journal.channel)
      case .failed: return try poller.remove(journal.channel)
      }
    }
  }

  // MARK: Answers that wait for the disk

  /// Keeps an answer back until its record would outlast a power cut.
  func hold(_ frame: consuming [UInt8], for call: Call, until position: WorkerJournal.Position) {
    held.append(HeldAnswer(call: call, frame: frame, position: position))
  }

  private func release(upTo byteCount: UInt64, of id: [UInt8]) {
    tellSynchronizedKeys { $0.id == id && $0.byteCount <= byteCount }
    let due = held.takeAll { $0.position.id == id && $0.position.byteCount <= byteCount }
    for var answer in due { self.answer(answer.call, frame: &answer.frame) }
  }

  private func refuseHeld(of id: [UInt8]) {
    // What is recorded is performed, whatever becomes of it: nobody is to do it again.
    tellSynchronizedKeys { $0.id == id }
    for answer in held.takeAll(where: { $0.position.id == id }) {
      self.answer(answer.call, failure: .notSynchronized)
    }
  }

  /// Answers those whose deadline comes before the disk.
  func expireHeld(now: UInt64) {
    guard held.nearestDeadline <= now else { return }
    for answer in held.takeAll(where: { $0.call.deadline <= now }) {
      self.answer(
        answer.call,
        failure: .deadlineExceeded(elapsedNanoseconds: now - answer.call.received, path: ""))
    }
  }
}

/// An answer whose record is not on the disk yet.
struct HeldAnswer {
  let call: Call
  var frame: [UInt8]
  let position: WorkerJournal.Position
}

/// Answers that wait for the disk, in the order of their records.
struct HeldAnswers {
  private var answers: [HeldAnswer] = []

  var isEmpty: Bool { answers.isEmpty }
  /// When the first of them must be given.
  private(set) var nearestDeadline = UInt64.max

  mutating func append(_ answer: HeldAnswer) {
    answers.append(answer)
    nearestDeadline = min(nearestDeadline, answer.call.deadline)
  }

  /// Takes out those that `isTaken` says.
  mutating func takeAll(where isTaken: (HeldAnswer) -> Bool) -> [HeldAnswer] {
    let taken = answers.filter(isTaken)
    guard !taken.isEmpty else { return [] }
    answers.removeAll(where: isTaken)
    nearestDeadline = answers.reduce(.max) { min($0, $1.call.deadline) }
    return taken
  }
}
