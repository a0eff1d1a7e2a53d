internal import UnixSocket
internal import WorkerLink

/// Whose work is done when.
///
/// A turn is one connection's: it reads and decodes, or lets one of its waiting calls go on. All turns between
/// two looks at the sockets share one slice of time, and an answer that is ready is sent before others have
/// worked for long: so a call that is light waits for no more than a slice, whatever the neighbours ask.
extension Worker {
  /// Lets the connections that have work take turns, for a slice of time.
  func takeTurns() {
    guard !queue.isEmpty else { return }
    var now = lookAtClock()
    var processor = queue.count > 1 ? SystemClock.processorNanoseconds : 0
    let end = now + Limits.sliceNanoseconds
    var answersDue = dirty.isEmpty ? UInt64.max : now + Limits.answerDelayNanoseconds
    while now < end {
      if now >= nearestDeadline { expireWaiting(now: now) }
      guard let slot = queue.next(), let connection = connections[slot] else { return }
      if connection.goesOn && !dirty.isEmpty {
        // What is light is answered before what is not goes on.
        sendAnswers()
        answersDue = .max
      }
      turnEnd = min(end, answersDue)
      takeTurn(connection, now: now)
      let after = lookAtClock()
      queue.charge(slot, nanoseconds: cost(of: after - now, since: &processor))
      if connection.hasWork { queue.add(slot) }
      now = after
      if dirty.isEmpty {
        answersDue = .max
      } else if answersDue == .max {
        answersDue = now + Limits.answerDelayNanoseconds
      } else if now >= answersDue {
        sendAnswers()
        answersDue = .max
      }
    }
  }

  /// What a turn is charged for: the time that it took of the processor, not what other processes took meanwhile.
  ///
  /// A light call that was not let to run for 20 ms would else wait for as much of everybody's. Of a short turn it makes
  /// no difference that is worth the system call.
  private func cost(of nanoseconds: UInt64, since processor: inout UInt64) -> UInt64 {
    guard nanoseconds > Limits.surelyUndisturbedNanoseconds else { return nanoseconds }
    let now = SystemClock.processorNanoseconds
    let used = now - processor
    processor = now
    return min(nanoseconds, used)
  }

  private func takeTurn(_ connection: Connection, now: UInt64) {
    // By turns, so that neither new calls keep the old from going on, nor old ones the new from being seen.
    guard connection.goesOn else {
      connection.hasJustRun = false
      return receive(from: connection)
    }
    connection.hasJustRun = true
    guard let call = connection.waiting.popFirst() else { return }
    waitingCalls -= 1
    if call.isBatch { waitingBatches -= 1 }
    if call.deadline <= now {
      call.expire(now: now, in: self)
    } else if !call.runSlice(until: turnEnd, in: self) {
      wait(call, of: connection)
    }
    work.end(on: page)
  }

  /// Gives back some of what large trees have left behind, for a small part of a slice.
  func giveBackRemains() {
    guard !remains.isEmpty else { return }
    remains.giveBack(until: SystemClock.monotonicNanoseconds + Limits.givingBackNanoseconds)
  }

  // MARK: Calls that wait

  /// When the first run of a call that has just been read is over.
  var firstRunEnd: UInt64 { min(turnEnd, clock + Limits.firstRunNanoseconds) }

  /// Lets a call wait for the next turn of its connection.
  func wait(_ call: any QueuedCall, of connection: Connection) {
    guard !connection.isClosed else { return call.abandon(in: self) }
    connection.waiting.append(call)
    waitingCalls += 1
    if call.isBatch { waitingBatches += 1 }
    nearestDeadline = min(nearestDeadline, call.deadline)
  }

  /// Whether one more call of a connection could wait.
  ///
  /// Each may have as many as are left for the others, so that no number of greedy ones keeps a connection out
  /// that has none.
  func hasRoomToWait(on connection: Connection) -> Bool {
    connection.waiting.count < max(1, Limits.waitingCalls - waitingCalls - keys.count)
  }

  /// The same for a batch, of which fewer may wait.
  func hasRoomForBatch(on connection: Connection) -> Bool {
    hasRoomToWait(on: connection)
      && connection.waiting.batches < Limits.waitingBatches - waitingBatches - keys.batches
  }

  /// Nobody waits any more for the calls of a connection that is gone.
  func dropWaiting(of connection: Connection) {
    waitingCalls -= connection.waiting.count
    waitingBatches -= connection.waiting.batches
    for call in connection.waiting.removeAll() { call.abandon(in: self) }
    // What is granted to them later is given back.
    for call in keys.takeAll(where: { $0.connection === connection }) { call.abandon(in: self) }
  }

  private func expireWaiting(now: UInt64) {
    var nearest = UInt64.max
    for connection in connections.all where !connection.waiting.isEmpty {
      for call in connection.waiting.removeExpired(now: now) {
        waitingCalls -= 1
        if call.isBatch { waitingBatches -= 1 }
        call.expire(now: now, in: self)
      }
      nearest = min(nearest, connection.waiting.nearestDeadline)
    }
    nearestDeadline = nearest
  }
}
