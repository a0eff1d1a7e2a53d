internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket
internal import WorkerLink

/// Peers that may not call: each is told so once, and then let go.
struct RefusedPeers {
  /// Refused since the last line of the log.
  private var untold = 0
  private var nextLine: UInt64 = 0

  /// Notes one.
  ///
  /// - Returns: How many the next line of the log speaks of; `nil` when it is too soon for one.
  mutating func note(now: UInt64) -> Int? {
    untold += 1
    guard now >= nextLine else { return nil }
    nextLine = now + Limits.refusalLineNanoseconds
    defer { untold = 0 }
    return untold
  }
}

extension Worker {
  /// Whether whoever is at the other end may call; one that may not is written to the log.
  func isAllowed(_ peer: borrowing Descriptor, on socket: Method.Socket, now: UInt64) -> Bool {
    // Who may reach the admin socket its file says.
    guard socket == .data, !settings.allowedPeers.isEveryone else { return true }
    let reason: String
    do throws(SystemError) {
      let credentials = try PeerCredentials(of: peer)
      let isAllowed = settings.allowedPeers.contain(
        user: credentials.userID, group: credentials.groupID,
        // A peer whose groups can't be told is in none.
        otherGroups: { (try? PeerCredentials.otherGroups(of: peer)) ?? [] })
      if isAllowed { return true }
      reason =
        "user \(credentials.userID), group \(credentials.groupID), process \(credentials.processID) is "
        + "on no list of --allow-uid or --allow-gid"
    } catch {
      reason = "\(error)"
    }
    if let count = refusedPeers.note(now: now) {
      records.write(
        event: "peer_refused", level: .warning,
        reason: count > 1 ? "\(reason); \(count - 1) more before it" : reason)
    }
    return false
  }

  /// Whether there is room to tell one more peer that it may not call; past it they are closed at once, so that
  /// they keep no room from those who may.
  var hasRoomToRefuse: Bool {
    connections.all.count { $0.refusedAt != nil } < Limits.refusedConnections
  }

  /// Answers the first thing that a peer says who may not call, and reads no more of it.
  func turnAway(_ connection: Connection, streamID: UInt32) {
    counters.requests += 1
    counters.failures += 1
    countRefusal(code: RPCStatus.peerNotAllowed.code)
    connection.answer(streamID) { ResponseEnvelope.append(.peerNotAllowed, to: &$0) }
    connection.hasFinishedReading = true
    markDirty(connection)
  }
}
