internal import WorkerLink

// The records of a turn leave with one `write(2)`, before its answers do; a call whose record is among them waits for
// that, with all that it came to.
extension Worker {
  /// Has a call wait until its record is written.
  func await(recordOf execution: ExecutionCall, _ call: Call) {
    unwritten.append(execution)
    markDirty(call.connection)
    if unwritten.count >= Limits.unwrittenRecords || journal.pendingBytes >= Limits.unwrittenBytes {
      settleRecords()
    }
  }

  /// Writes the records of the turn, and lets the calls go on that wait for that.
  func settleRecords() {
    guard !unwritten.isEmpty else { return }
    let outcome = writeRecords()
    // Lent, so that the calls may use all else of the worker.
    var calls: [ExecutionCall] = []
    swap(&calls, &unwritten)
    for (index, call) in calls.enumerated() {
      if let failure = outcome.failure, index >= outcome.recordsWritten {
        call.refuse(.notRecorded(failure), in: self)
      } else {
        call.tell(after: outcome.position, in: self)
      }
    }
    work.end(on: page)
    calls.removeAll(keepingCapacity: true)
    swap(&calls, &unwritten)
  }
}
