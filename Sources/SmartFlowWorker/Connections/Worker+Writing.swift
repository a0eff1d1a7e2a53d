internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// From answers to the clients that wait for them; and the end of a connection.
extension Worker {
  /// Writes the records, sends the lines whose time has come, then the answers; what these tell of is in the journal.
  func sendAnswers() {
    settleRecords()
    records.flushDueLines()
    if journal.tellDue != .max { journal.tell(now: SystemClock.monotonicNanoseconds) }
    counters.droppedLogLines = records.droppedLines
    page.setMetric(MetricsLayout.workerDroppedLines, records.droppedLines)
    flushDirty()
  }

  /// Notes that a connection has answers to send before others have long turns.
  func markDirty(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
  }

  func flushDirty() {
    guard !dirty.isEmpty else { return }
    let now = SystemClock.monotonicNanoseconds
    for connection in dirty {
      connection.isDirty = false
      guard !connection.isClosed else { continue }
      guard connection.flush(now: now, limit: settings.unreadBytes),
        !(connection.hasFinishedReading && connection.isIdle)
      else {
        close(connection)
        continue
      }
      if exceedsBuffers(connection) {
        close(connection)
        continue
      }
      watch(connection, now: now)
      // What waited for the client to read its answers.
      if connection.hasWork { queue.add(connection.slot) }
    }
    dirty.removeAll(keepingCapacity: true)
  }

  private func watch(_ connection: Connection, now: UInt64) {
    let wanted = connection.wantedInterest
    guard wanted != connection.interest else { return }
    if wanted.contains(.read) && !connection.interest.contains(.read) {
      connection.patience.resumeReading(now: now)
    }
    connection.interest = wanted
    do throws(SystemError) {
      try poller.change(connection.descriptor, to: wanted, token: UInt64(connection.slot))
    } catch {
      // Without being watched it would never be served again: its client had better dial anew.
      close(connection)
    }
  }

  func close(_ connection: Connection) {
    guard !connection.isClosed else { return }
    connection.isClosed = true
    connection.output = []
    connection.sent = 0
    connection.pending = []
    countBuffers(of: connection)
    do throws(SystemError) {
      try forget(connection)
      try setAccepting(true)
    } catch {
      records.write(event: "poll_failed", level: .error, reason: "\(error)")
    }
    connection.descriptor.shutDown()
  }

  /// Takes a connection off all lists; its descriptor closes when the last call lets go of it.
  func forget(_ connection: Connection) throws(SystemError) {
    dropWaiting(of: connection)
    queue.remove(connection.slot)
    try poller.remove(connection.descriptor)
    connections.remove(connection)
    counters.openConnections -= 1
    page.setMetric(MetricsLayout.openConnections, counters.openConnections)
  }

  // MARK: Time

  /// How often connections are looked over for those that keep us waiting, in nanoseconds.
  var sweepNanoseconds: UInt64 {
    min(
      Limits.sweepNanoseconds,
      min(settings.frameTimeoutNanoseconds, settings.unreadTimeoutNanoseconds) / 4)
  }

  /// Closes connections that hold half a frame, or do not take their answers, for too long.
  func sweep() throws(SystemError) {
    guard nextSweep > 0 else { return }
    let now = SystemClock.monotonicNanoseconds
    guard now >= nextSweep else { return }
    nextSweep = connections.count > 0 ? now + sweepNanoseconds : 0
    for connection in connections.all {
      if let refusedAt = connection.refusedAt, now - refusedAt > Limits.refusedNanoseconds {
        close(connection)
        continue
      }
      let failure = connection.patience.failure(
        now: now, frameTimeout: settings.frameTimeoutNanoseconds,
        unreadTimeout: settings.unreadTimeoutNanoseconds)
      guard let failure else { continue }
      records.write(
        event: "connection_closed", level: .info,
        reason: failure == .halfFrame
          ? "a frame did not come whole within --frame-timeout"
          : "\(connection.unsentBytes) bytes of answers were not read within --unread-timeout")
      close(connection)
    }
  }
}
