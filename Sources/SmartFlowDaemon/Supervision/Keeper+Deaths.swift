internal import Glibc
internal import Logging
internal import UnixSocket
internal import WorkerLink

extension Keeper {
  /// Notes a worker's end, writes down why, and settles what is to become of its place.
  func handleEnd(_ slot: WorkerSlot) throws(SystemError) {
    try readControl(slot, isLast: true)
    readLog(slot)
    var reads = 0
    while reads < SupervisionLimits.lastWordsReads, slot.readWords() { reads += 1 }
    guard let running = slot.running.take() else { return }
    totals.fold(running.page)
    try poller.remove(running.process.descriptor)
    try poller.remove(running.log)
    try poller.remove(running.control)
    try poller.remove(running.words)
    let now = SystemClock.monotonicNanoseconds
    let life = now - running.startNanoseconds
    let process = running.process.processID
    let mark = running.page.sight.mark
    var facts = Self.metadata(of: mark)
    facts["worker"] = "\(slot.index)"
    facts["pid"] = "\(process)"
    facts["lived_ms"] = "\(life / 1_000_000)"
    facts["requests_lost"] = "\(running.page.unansweredRequests)"
    facts["connections_lost"] = "\(running.page.counters.openConnections)"
    if !slot.lastWords.isEmpty {
      facts["said"] = "\(String(decoding: slot.lastWords, as: UTF8.self))"
    }
    let end = running.process.collect()
    slot.checkStopAt = nil
    if slot.isLeaving { return noteLeft(slot, end, mark: mark, life: life, facts) }
    var line = board[slot.index]
    line.processID = 0
    line.state = .stopped
    board[slot.index] = line
    if drainEnds != nil { return handleDrained(slot, end, facts) }
    if !isServing, end == .exited(EX_CONFIG), !slot.confinement.gaps.isEmpty {
      confinementRefusal = slot.confinement.refusal
      exitStatus = EX_CONFIG
      return killAll()
    }
    let death = WorkerDeath(
      end, mark: mark, hang: slot.hang, machineRanOutOfMemory: outOfMemory.hasRisen())
    noteDeath(of: slot, death, life: life, now: now, facts)
  }

  private func handleDrained(
    _ slot: WorkerSlot, _ end: ChildProcess.End, _ facts: Logger.Metadata
  ) {
    if end == .exited(0) {
      logger.info(
        "worker_stopped",
        metadata: [
          "worker": "\(slot.index)", "pid": facts["pid"] ?? "", "reason": "drained",
        ])
    } else {
      var facts = facts
      facts["reason"] = slot.hang == nil ? "\(end)" : "watchdog"
      logger.warning("worker_stopped", metadata: facts)
    }
    if areAllGone { exitStatus = exitStatus ?? 0 }
  }

  private func noteDeath(
    of slot: WorkerSlot, _ death: WorkerDeath, life: UInt64, now: UInt64, _ facts: Logger.Metadata
  ) {
    let wasReady = slot.isReady
    slot.isReady = false
    slot.restarts += 1
    count(death, of: slot)
    var line = board[slot.index]
    line.restarts = slot.restarts
    board[slot.index] = line
    let delay = slot.backoff.delayNanoseconds(afterLiving: life)
    slot.startAt = now + delay
    var facts = facts
    facts["reason"] = "\(death.reason.name)"
    if let signal = death.signalName { facts["signal"] = "\(signal)" }
    if case .exited(let status) = death.end { facts["exit_status"] = "\(status)" }
    if let hang = death.hang { facts["late_ms"] = "\(hang.lateNanoseconds / 1_000_000)" }
    facts["restarts"] = "\(slot.restarts)"
    facts["restart_in_ms"] = "\(delay / 1_000_000)"
    logger.error("worker_died", metadata: facts)
    if let culprit = death.culprit { blame(culprit, death.reason, now: now) }
    if !isServing && !wasReady && slot.backoff.youngDeaths >= Self.hopelessDeaths {
      logger.critical(
        "giving_up",
        metadata: [
          "reason":
            "worker \(slot.index) ended \(slot.backoff.youngDeaths) times before it was ready, last by \(death.end)"
        ])
      exitStatus = EX_SOFTWARE
      killAll()
    }
  }

  /// Starts a worker again; when the system has no process or descriptor to spare now, it may have later.
  func startAgain(_ slot: WorkerSlot) {
    do throws(SystemError) {
      try start(slot)
    } catch {
      if let running = slot.running.take() {
        running.process.signal(SIGKILL)
        _ = running.process.collect()
      }
      let delay = max(
        slot.backoff.delayNanoseconds(afterLiving: 0), SupervisionLimits.startAgainNanoseconds)
      slot.startAt = SystemClock.monotonicNanoseconds + delay
      logger.error(
        "worker_not_started",
        metadata: [
          "worker": "\(slot.index)", "reason": "\(error)",
          "restart_in_ms": "\(delay / 1_000_000)",
        ])
    }
  }

  // MARK: Quarantine

  func blame(_ tree: TreeFingerprint, _ reason: DeathReason, now: UInt64) {
    let wall = SystemClock.microsecondsSince1970
    guard let entry = quarantine.note(tree, reason, now: now, wall: wall) else { return }
    board.setQuarantined(entry.tree, in: entry.slot)
    logger.error(
      "tree_quarantined",
      metadata: [
        "\(tree.kind.name)_digest": "\(tree.digest.text)", "reason": "\(reason.name)",
        "deaths": "\(SupervisionLimits.quarantineDeaths)",
      ])
    if let dropped = entry.dropped {
      logger.warning(
        "quarantine_full",
        metadata: ["\(dropped.tree.kind.name)_digest": "\(dropped.tree.digest.text)"])
    }
  }

  /// Takes a tree out of quarantine for a worker whose administrator wants it, and answers.
  func lift(_ digest: Digest, _ request: UInt64, of slot: WorkerSlot) {
    let freed = quarantine.lift(digest)
    for place in freed { board.setQuarantined(nil, in: place) }
    if !freed.isEmpty {
      logger.notice(
        "quarantine_lifted",
        metadata: ["digest": "\(digest.text)", "worker": "\(slot.index)"])
    }
    tell(slot, .lifted(request: request, wasThere: !freed.isEmpty))
  }
}
