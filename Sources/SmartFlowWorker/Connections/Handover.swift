internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// How far a worker has come in giving its connections to the one that takes its place.
struct Handover {
  /// When it leaves with what it could not pass on, on the monotonic clock; `nil` while nobody takes its place.
  var deadline: UInt64?
  /// The channel to the keeper is full; the poller tells when it is not.
  var isWaitingForRoom = false

  var isUnderWay: Bool { deadline != nil }
}

extension Worker {
  /// Accepts nobody new, and reads every connection to its next boundary between two frames and no further.
  func beginHandover(graceMilliseconds: UInt64) throws(SystemError) {
    guard !isDraining, !handover.isUnderWay else { return }
    handover.deadline =
      SystemClock.monotonicNanoseconds &+ min(graceMilliseconds, 3_600_000) * 1_000_000
    try setAccepting(false)
    for connection in connections.all {
      connection.isLeaving = true
      markDirty(connection)
    }
    // What they ask for is watched from the next turn on.
    flushDirty()
  }

  /// Serves on; a drain ends what has begun.
  func endHandover() {
    guard handover.isUnderWay else { return }
    handover = Handover()
    for connection in connections.all {
      connection.isLeaving = false
      markDirty(connection)
    }
  }

  /// Passes on what has nothing in flight and no frame begun.
  ///
  /// - Returns: Whether it is time to leave: all are gone, or the grace is over.
  func passConnectionsOn() throws(SystemError) -> Bool {
    guard let deadline = handover.deadline else { return false }
    var isFull = false
    for connection in connections.all where connection.canBePassed {
      guard try passOn(connection) else {
        isFull = true
        break
      }
    }
    if isFull != handover.isWaitingForRoom {
      handover.isWaitingForRoom = isFull
      try poller.change(control, to: isFull ? [.read, .write] : .read, token: Self.controlToken)
    }
    return connections.count == 0 || SystemClock.monotonicNanoseconds >= deadline
  }

  /// - Returns: Whether the channel had room for it.
  private func passOn(_ connection: Connection) throws(SystemError) -> Bool {
    let passed = PassedConnection(
      isAdmin: connection.socket == .admin, lastStreamID: connection.protocolState.lastStreamID,
      swallowedStreamIDs: connection.protocolState.swallowedStreamIDs)
    switch control.send(passed.bytes, passing: connection.descriptor) {
    case .bytes: break
    case .wouldBlock: return false
    case .closed, .failed:
      // The keeper is gone, and with it all reason to be; the channel's end says so next.
      return false
    }
    // It lives on elsewhere: our descriptor is closed, and the connection is not shut down.
    connection.isClosed = true
    try forget(connection)
    return true
  }
}
