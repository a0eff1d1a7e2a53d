internal import Glibc
internal import Logging
internal import UnixSocket
internal import WorkerLink

/// How the keeper ends: by a drain, and by a second signal at once.
extension Keeper {
  func handleSignal(_ number: Int32) throws(SystemError) {
    if number == SIGCHLD { return noteStops() }
    if number == SIGHUP { return reload() }
    if number == SIGUSR2 { return beginUpgrade() }
    guard drainEnds == nil else {
      logger.warning("ending_at_once", metadata: ["signal": "\(number)"])
      killAll()
      exitStatus = 128 + number
      return
    }
    beginDrain(["signal": "\(number)"])
  }

  /// Stops serving, and lets the workers finish what is in flight.
  ///
  /// - Parameter cause: What the log is to say of why.
  func beginDrain(_ cause: Logger.Metadata) {
    isDrainWanted = false
    guard drainEnds == nil else { return }
    var facts = cause
    facts["grace_ms"] = "\(settings.graceMilliseconds)"
    logger.info("draining", metadata: facts)
    drainEnds =
      SystemClock.monotonicNanoseconds + settings.graceMilliseconds * 1_000_000
      + SupervisionLimits.leavingNanoseconds
    tellStopping()
    removeFiles()
    let message = ControlMessage.drain(graceMilliseconds: settings.graceMilliseconds).bytes
    for slot in places {
      slot.startAt = nil
      slot.leavesBy = nil
      guard slot.running != nil else { continue }
      // Safe: bytes of any content are bytes.
      if let result = unsafe slot.running?.control.sendPacket(message.span.bytes),
        case .bytes = result
      {
        guard !slot.isLeaving else { continue }
        var line = board[slot.index]
        line.state = .draining
        board[slot.index] = line
      } else {
        slot.running?.process.signal(SIGKILL)
      }
    }
    if areAllGone { exitStatus = 0 }
  }

  func endDrain() {
    for slot in places where slot.running != nil {
      logger.warning(
        "worker_killed", metadata: ["worker": "\(slot.index)", "reason": "grace is over"])
    }
    killAll()
    drainEnds = .max
  }

  func killAll() {
    for slot in places { slot.running?.process.signal(SIGKILL) }
  }

  /// Reads what the workers said last, and waits for those that were killed.
  func readLogsOut() throws(SystemError) {
    for slot in places {
      readLog(slot)
      if let running = slot.running.take() { _ = running.process.collect() }
    }
  }
}
