internal import DecisionEngine
internal import Hashes
internal import SmartFlowMessages
internal import WorkerLink

// What the keeper is shown of a call, for its watchdog and its quarantine.
extension Worker {
  /// A tree that is not in the cache is about to be parsed and compiled.
  ///
  /// It has no digest of its own yet, so it is known by that of its bytes: a thing to be paid for only here,
  /// where it costs a twentieth of what follows.
  ///
  /// - Returns: The refusal of bytes that ended workers before.
  func beginCompiling(_ digest: [32 of UInt8], ofBytes count: Int, for call: Call) -> RPCStatus? {
    if !board.isQuarantineEmpty, board.isQuarantined(TreeFingerprint(.source, Digest(digest))) {
      return .quarantined(Digest(digest))
    }
    showCompiling(digest, ofBytes: count, for: call)
    #if FAULT_INJECTION
      faults.strike(.compile)
    #endif
    return nil
  }

  /// A slice of a compilation is about to run.
  ///
  /// Most of its steps are short, but what a tree holds in one text, or one object, is one step.
  func showCompiling(_ digest: [32 of UInt8], ofBytes count: Int, for call: Call) {
    work.begin(deadline: call.deadline, streamID: call.streamID)
    work.name(.source, digest)
    work.enter(
      .compiling, allowanceNanoseconds: UInt64(count) * Limits.compileNanosecondsPerByte, on: page)
  }

  /// A slice of the reading of a large context is about to run.
  func showReading(ofBytes count: Int, for call: Call) {
    work.begin(deadline: call.deadline, streamID: call.streamID)
    work.enter(
      .decoding, allowanceNanoseconds: UInt64(count) * Limits.messageNanosecondsPerByte, on: page)
  }

  /// Whether a tree has ended too many workers to be run.
  func isQuarantined(_ tree: Tree) -> Bool {
    // Nearly always this one load is all.
    guard !board.isQuarantineEmpty else { return false }
    return board.isQuarantined(TreeFingerprint(.tree, Digest(tree.digest)))
  }

  /// A slice of an execution is about to run.
  func showExecution(
    of tree: Tree, _ executionID: UUIDv7, streamID: UInt32, deadline: UInt64
  ) {
    take(tree, executionID, streamID: streamID, deadline: deadline)
    work.enter(.executing, on: page)
  }

  /// What an execution came to, whose record is written, is about to be written too.
  func showAnswering(
    of tree: Tree, _ executionID: UUIDv7, streamID: UInt32, deadline: UInt64, bytes: Int
  ) {
    take(tree, executionID, streamID: streamID, deadline: deadline)
    showAnswering(ofBytes: bytes)
  }

  /// Takes an execution in hand; it is shown with the next phase.
  private func take(_ tree: Tree, _ executionID: UUIDv7, streamID: UInt32, deadline: UInt64) {
    work.begin(deadline: deadline, streamID: streamID)
    work.name(.tree, tree.digest, execution: executionID.bytes)
  }

  /// What the execution in hand came to is about to be recorded and written.
  func showAnswering(ofBytes bytes: Int) {
    work.enter(
      .answering,
      allowanceNanoseconds: UInt64(clamping: bytes) &* Limits.messageNanosecondsPerByte, on: page)
  }
}
