internal import Glibc
internal import Logging
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// What operators ask of the keeper by way of a worker, which has checked it.
extension Keeper {
  // MARK: Metrics

  /// Puts the sum of all workers' counters on the board, as they are at this moment, and says so.
  ///
  /// Copied when somebody asks rather than every so often, so that it is exact; and by the keeper, which sees all
  /// pages anyway, so that no worker holds memory of another's. It costs one hop, which no execution waits for.
  func addMetricsUp(_ request: UInt64, for slot: WorkerSlot) {
    // One that the release before has started looks at another board.
    guard !slot.isAdopted else { return answer(slot, request, isDone: false) }
    let pages = places.compactMap(\.running).filter {
      $0.page.metric(MetricsLayout.fingerprint) == totals.fingerprint
    }
    for word in 1..<MetricsLayout.streamsInFlight {
      var sum = word < MetricsLayout.counterWords ? totals.words[word] : 0
      for running in pages { sum &+= running.page.metric(word) }
      board.setMetricsSum(word, sum)
    }
    let dropped = board.metricsSum(MetricsLayout.keeperDroppedLines) &+ output.allDroppedLines
    board.setMetricsSum(MetricsLayout.keeperDroppedLines, dropped)
    board.setMetricsSum(
      MetricsLayout.streamsInFlight, pages.reduce(0) { $0 &+ $1.page.unansweredRequests })
    board.setMetricsSum(MetricsLayout.fingerprint, totals.fingerprint)
    board.metricsSinceMicroseconds = totals.sinceMicroseconds
    answer(slot, request, isDone: true)
  }

  /// Counts a worker's end.
  func count(_ death: WorkerDeath, of slot: WorkerSlot) {
    board.countDeath(of: slot.index, death.reason)
    totals.count(MetricsLayout.restart(reason: Int(death.reason.rawValue)))
  }

  // MARK: Log

  /// Puts the level that is configured where workers see it.
  func showLogLevel() {
    board.logLevel = output.level
    board.usualLogLevel = output.level
    board.shutdownGraceMilliseconds = settings.graceMilliseconds
  }

  func setLogLevel(_ change: LogLevelChange, _ request: UInt64, for slot: WorkerSlot) {
    guard !slot.isAdopted else { return answer(slot, request, isDone: false) }
    let now = SystemClock.monotonicNanoseconds
    if change.milliseconds == 0 { board.usualLogLevel = change.level }
    board.logLevelEnds = change.milliseconds == 0 ? 0 : now + change.milliseconds * 1_000_000
    apply(
      change.level, "log_level_set",
      ["for_ms": "\(change.milliseconds)", "worker": "\(slot.index)"])
    answer(slot, request, isDone: true)
  }

  /// Brings the usual level back, once the other has held for as long as it was to.
  func endLogLevel(now: UInt64) {
    let ends = board.logLevelEnds
    guard ends != 0, now >= ends else { return }
    board.logLevelEnds = 0
    apply(board.usualLogLevel, "log_level_ended", [:])
  }

  /// Changes the level, and says so while the one of the two holds that lets more be said.
  func apply(_ level: LogLevel, _ event: Logger.Message, _ facts: Logger.Metadata) {
    let previous = board.logLevel
    output.level = min(level, previous)
    var facts = facts
    facts["log_level"] = "\(level.name)"
    facts["previous"] = "\(previous.name)"
    logger.notice(event, metadata: facts)
    board.logLevel = level
    output.level = level
  }

  // MARK: Drain

  /// Notes that the daemon is to drain, and says so before it does.
  func wantDrain(_ request: UInt64, for slot: WorkerSlot) {
    guard !slot.isAdopted else { return answer(slot, request, isDone: false) }
    answer(slot, request, isDone: true)
    // Once: a second wish ends nothing at once, as a second signal does.
    if drainEnds == nil { isDrainWanted = true }
  }

  private func answer(_ slot: WorkerSlot, _ request: UInt64, isDone: Bool) {
    let message = ControlMessage.done(request: request, isDone: isDone).bytes
    // Safe: bytes of any content are bytes. A worker that does not read its answers does without.
    guard let sent = unsafe slot.running?.control.sendPacket(message.span.bytes),
      case .bytes = sent
    else {
      logger.warning("control_failed", metadata: ["worker": "\(slot.index)"])
      return
    }
  }
}
