internal import Glibc
internal import Logging
internal import UnixSocket
internal import WorkerLink

/// Workers are replaced without their clients noticing.
///
/// The next process starts beside the one that leaves; once it accepts connections, the leaving one passes its
/// own on at boundaries between two frames, through the keeper, which sees descriptors and stream IDs and no
/// client's bytes.
extension Keeper {
  /// Every process there is: those in their places, and the one that leaves.
  var places: [WorkerSlot] { slots + (replacement.leaver.map { [$0] } ?? []) }

  var areAllGone: Bool { places.allSatisfy { $0.running == nil } }

  /// The place that the poller calls `number`; a process that is gone may have been spoken of once more.
  func place(_ number: Int) -> WorkerSlot? {
    if slots.indices.contains(number) { return slots[number] }
    return replacement.leaver?.number == number ? replacement.leaver : nil
  }

  /// Begins to replace all workers, one after the other.
  func replaceAll() {
    guard drainEnds == nil else {
      logger.warning("replacing_refused", metadata: ["reason": "the daemon is draining"])
      return
    }
    // Those that have their turn behind them get another: they may be older than what is wanted now.
    replacement.waiting = Array(slots.indices)
    logger.info("replacing_workers", metadata: ["workers": "\(slots.count)"])
    tellReloading()
  }

  /// Takes the next step of a replacement, if one is due.
  func goOnReplacing(now: UInt64) throws(SystemError) {
    guard drainEnds == nil else {
      replacement.waiting = []
      return
    }
    if let leaver = replacement.leaver {
      if let leavesBy = leaver.leavesBy, now >= leavesBy {
        leaver.leavesBy = nil
        logger.warning(
          "worker_killed",
          metadata: ["worker": "\(leaver.index)", "reason": "it did not leave within the grace"])
        leaver.running?.process.signal(SIGKILL)
      }
      // A worker that died before it had been told has nothing to pass on.
      if leaver.running != nil, leaver.leavesBy == nil, leaver.hang == nil,
        slots[leaver.index].isReady
      {
        tellToHandOver(leaver, now: now)
      }
      return
    }
    guard let index = replacement.waiting.first else { return }
    // There is no hurry: who takes a place over must have a journal, or calls would fail that need not.
    guard !stock.isComing(for: index) else { return }
    replacement.waiting.removeFirst()
    let slot = slots[index]
    // One that is down is started again anyway.
    guard slot.running != nil, slot.isReady, slot.hang == nil else { return }
    let leaver = WorkerSlot(leaving: slot, number: replacement.nextNumber)
    replacement.nextNumber += 1
    replacement.leaver = leaver
    try rename(leaver)
    startAgain(slot)
  }

  private func tellToHandOver(_ leaver: WorkerSlot, now: UInt64) {
    let message = ControlMessage.handOver(graceMilliseconds: settings.graceMilliseconds).bytes
    leaver.leavesBy =
      now + settings.graceMilliseconds * 1_000_000 + SupervisionLimits.leavingNanoseconds
    // Safe: bytes of any content are bytes.
    guard let sent = unsafe leaver.running?.control.sendPacket(message.span.bytes),
      case .bytes = sent
    else {
      leaver.running?.process.signal(SIGKILL)
      return
    }
  }

  /// Lets the poller know a process by its new number.
  private func rename(_ slot: WorkerSlot) throws(SystemError) {
    guard let running = slot.running else { return }
    let number = slot.number
    try poller.change(running.process.descriptor, to: .read, token: Source.process.token(number))
    try poller.change(running.log, to: .read, token: Source.log.token(number))
    try poller.change(running.control, to: .read, token: Source.control.token(number))
    try poller.change(running.words, to: .read, token: Source.words.token(number))
  }

  /// Writes down how a process that was replaced has ended.
  func noteLeft(
    _ slot: WorkerSlot, _ end: ChildProcess.End, mark: WorkMark?, life: UInt64,
    _ facts: Logger.Metadata
  ) {
    replacement.leaver = nil
    var facts = facts
    if end == .exited(0) {
      logger.info(
        "worker_replaced",
        metadata: [
          "worker": "\(slot.index)", "pid": facts["pid"] ?? "", "lived_ms": facts["lived_ms"] ?? "",
          "connections_lost": facts["connections_lost"] ?? "",
        ])
    } else {
      let death = WorkerDeath(
        end, mark: mark, hang: slot.hang, machineRanOutOfMemory: outOfMemory.hasRisen())
      count(death, of: slot)
      facts["reason"] = "\(death.reason.name)"
      if let signal = death.signalName { facts["signal"] = "\(signal)" }
      logger.error("worker_died", metadata: facts)
      if let culprit = death.culprit {
        blame(culprit, death.reason, now: SystemClock.monotonicNanoseconds)
      }
    }
    if drainEnds != nil, areAllGone { exitStatus = exitStatus ?? 0 }
  }

  // MARK: Connections on their way

  /// Takes what a worker says, as far as there is room for the connections that it passes on.
  ///
  /// - Parameters:
  ///   - slot: The worker's place.
  ///   - isLast: It has ended, and what it has said is taken whatever there is room for.
  /// - Throws: ``SystemError`` when the poller can't be told.
  func readControl(_ slot: WorkerSlot, isLast: Bool = false) throws(SystemError) {
    var packets = 0
    while isLast || slots[slot.index].arriving.count < SupervisionLimits.arrivingConnections {
      guard isLast || packets < Self.packetsPerTurn else { return }
      packets += 1
      guard slot.running != nil else { return }
      guard let (count, connection) = receive(from: slot) else { return }
      if let connection {
        pass(connection, from: slot)
      } else {
        handleControl(slot, byteCount: count)
      }
    }
    // Level-triggered: one that is not listened to would be spoken of again and again.
    if slot.isLeaving { try watchControl(slot, []) }
  }

  /// The next packet of a worker, in ``packet``, and the connection beside it.
  private func receive(from slot: WorkerSlot) -> (count: Int, ArrivingConnection?)? {
    switch slot.running?.control.receivePacket(into: &packet) {
    case .packet(let count, let passed)?:
      guard let passed else { return (count, nil) }
      return (count, ArrivingConnection(bytes: Array(packet[..<count]), descriptor: passed))
    case .failed(let code)?:
      // Without a descriptor to spare a connection ends here; its client dials anew.
      logger.warning(
        "connection_not_taken_over",
        metadata: [
          "worker": "\(slot.index)",
          "reason": "\(SystemError(call: "recvmsg", code: code)); raise the limit of open files",
        ])
      return nil
    default: return nil
    }
  }

  private func pass(_ connection: ArrivingConnection, from slot: WorkerSlot) {
    // Only one that was told to leave passes connections on, and whatever else comes so is closed.
    guard slot.isLeaving, PassedConnection(parsing: connection.bytes[...]) != nil else {
      logger.warning(
        "control_message_refused",
        metadata: ["worker": "\(slot.index)", "bytes": "\(connection.bytes.count)"])
      return
    }
    slots[slot.index].arriving.append(connection)
  }

  /// Hands over what has arrived, as far as the channels take it.
  func deliverArriving() throws(SystemError) {
    for slot in slots where !slot.arriving.isEmpty && slot.isReady {
      try deliver(to: slot)
      guard slot.arriving.isEmpty, let leaver = replacement.leaver else { continue }
      try watchControl(leaver, .read)
    }
  }

  private func deliver(to slot: WorkerSlot) throws(SystemError) {
    var delivered = 0
    sending: for connection in slot.arriving {
      switch slot.running?.control.send(connection.bytes, passing: connection.descriptor) {
      case .bytes?: delivered += 1
      // Of a process that ends its successor gets the rest.
      case .wouldBlock?, .closed?, .failed?, nil: break sending
      }
    }
    slot.arriving.removeFirst(delivered)
    try watchControl(slot, slot.arriving.isEmpty ? .read : [.read, .write])
  }

  private func watchControl(_ slot: WorkerSlot, _ interest: Interest) throws(SystemError) {
    guard let running = slot.running else { return }
    try poller.change(running.control, to: interest, token: Source.control.token(slot.number))
  }
}
