internal import Glibc
internal import Logging
internal import UnixSocket
internal import WorkerLink

extension Keeper {
  /// Looks at what the workers have in hand, when it is time to, and kills those that hang.
  func watchWorkers(now: UInt64) {
    for slot in places {
      if let checkAt = slot.checkStopAt, now >= checkAt { checkStop(slot, now: now) }
    }
    outOfMemory.sample(now: now)
    guard now >= looks.next else { return }
    let missed = looks.begin(now: now)
    if missed > 0 {
      for slot in places { slot.watchdog.excuse(nanoseconds: missed) }
    }
    var wanted: UInt64?
    for slot in places {
      switch look(at: slot, now: now) {
      case .idle: break
      case .works(let again): wanted = min(wanted ?? .max, again)
      case .hangs(let hang):
        wanted = min(wanted ?? .max, now + SupervisionLimits.closeLookNanoseconds)
        kill(slot, hang)
      }
    }
    // One that can't wake the keeper is looked at without a pause.
    if places.contains(where: \.isAdopted) {
      wanted = min(wanted ?? .max, now + SupervisionLimits.lookNanoseconds)
    }
    looks.end(now: now, wanted: wanted, board)
  }

  private func look(at slot: WorkerSlot, now: UInt64) -> Watchdog.Verdict {
    guard let sight = slot.running?.page.sight, let started = slot.running?.startNanoseconds else {
      return .idle
    }
    guard slot.isReady else {
      let late = started + SupervisionLimits.startNanoseconds
      guard now >= late else { return .works(lookAgain: late) }
      return .hangs(
        Watchdog.Hang(lateNanoseconds: now - late, state: slot.running?.process.state()))
    }
    return slot.watchdog.look(
      at: sight, now: now,
      Watchdog.Facts(
        processorNanoseconds: { slot.running?.process.processorNanoseconds() },
        state: { slot.running?.process.state() }))
  }

  private func kill(_ slot: WorkerSlot, _ hang: Watchdog.Hang) {
    // Once: one that waits for a disk takes the signal when the disk has answered.
    guard slot.hang == nil else { return }
    slot.hang = hang
    slot.running?.process.signal(SIGKILL)
    var metadata = Self.metadata(of: hang.mark)
    metadata["worker"] = "\(slot.index)"
    metadata["pid"] = "\(slot.running?.process.processID ?? 0)"
    metadata["reason"] = "watchdog"
    metadata["late_ms"] = "\(hang.lateNanoseconds / 1_000_000)"
    if let state = hang.state { metadata["state"] = "\(state)" }
    if hang.mark == nil { metadata["phase"] = slot.isReady ? "loop" : "starting" }
    logger.error("worker_killed", metadata: metadata)
  }

  // MARK: Stopped workers

  /// Notes which workers a signal has stopped: what they have in hand the watchdog sees, but their
  /// connections wait for one that has nothing in hand, too.
  func noteStops() {
    let checkAt = SystemClock.monotonicNanoseconds + SupervisionLimits.stoppedNanoseconds
    for slot in places where slot.running?.process.hasStopped() == true {
      logger.warning(
        "worker_stopped_by_signal",
        metadata: ["worker": "\(slot.index)", "pid": "\(slot.running?.process.processID ?? 0)"])
      slot.checkStopAt = checkAt
    }
  }

  private func checkStop(_ slot: WorkerSlot, now: UInt64) {
    slot.checkStopAt = nil
    guard slot.running?.process.state() == .stopped else { return }
    kill(
      slot,
      Watchdog.Hang(lateNanoseconds: SupervisionLimits.stoppedNanoseconds, state: .stopped))
  }

  // MARK: What a mark says

  static func metadata(of mark: WorkMark?) -> Logger.Metadata {
    guard let mark else { return [:] }
    var metadata: Logger.Metadata = [
      "phase": "\(mark.phase.name)", "stream": "\(mark.streamID)",
    ]
    if let tree = mark.tree {
      metadata["\(tree.kind.name)_digest"] = "\(tree.digest.text)"
    }
    if let execution = mark.execution { metadata["execution_id"] = "\(execution.text)" }
    return metadata
  }
}
