internal import DecisionEngine
internal import Hashes
internal import Journal
internal import SmartFlowMessages
internal import UnixSocket
internal import WorkerLink

/// Idempotency keys: of all calls with the same key one is performed, and the others get its answer.
extension Worker {
  /// The hash of a request's key.
  ///
  /// - Returns: `nil` where there is none.
  static func keyHash(of key: String, at field: String) throws(RPCStatus) -> Digest? {
    guard !key.isEmpty else { return nil }
    let count = key.utf8.count
    guard count <= Limits.idempotencyKeyBytes else {
      throw .invalid(
        field, "the key has \(count) bytes, \(Limits.idempotencyKeyBytes) are allowed")
    }
    // Safe: UTF-8 is bytes.
    return unsafe Digest(SHA256.digest(of: key.utf8Span.span.bytes))
  }

  /// Asks the keeper for a key, and parks the call until it answers.
  ///
  /// - Returns: The key.
  /// - Throws: `UNAVAILABLE` where it can't be asked.
  func claim(
    _ key: Digest, _ subject: ExecutionSubject, _ tree: Tree, for call: any KeyedCall
  ) throws(RPCStatus) -> ClaimedKey {
    guard waitingCalls + keys.count < Limits.waitingCalls else { throw .overloaded }
    let claimed = ClaimedKey(key: key, asked: Self.asked(subject, tree))
    guard keys.claim(claimed, for: call) else { throw .keysUnavailable }
    return claimed
  }

  /// The hash of what is asked for: the player, and the tree.
  ///
  /// Neither the tree's version nor the context is part of it: who asks again may know more by then, and a version that
  /// was activated meanwhile is no other request.
  private static func asked(_ subject: ExecutionSubject, _ tree: Tree) -> Digest {
    var bytes: [UInt8] = []
    let count = UInt32(clamping: subject.playerID.utf8.count)
    for shift in [0, 8, 16, 24] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: count >> shift))
    }
    bytes += subject.playerID.utf8
    if let published = subject.published {
      bytes += "id:".utf8
      bytes += published.treeID.utf8
    } else {
      bytes += "digest:".utf8
      bytes += Digest(tree.digest).bytes
    }
    // Safe: bytes of any content are bytes.
    return unsafe Digest(SHA256.digest(of: bytes.span.bytes))
  }

  /// Tells the keeper of an answer that is recorded.
  func tellRecorded(
    _ claimed: ClaimedKey, _ answer: KeyedAnswer, at position: WorkerJournal.Position?
  ) {
    let message = KeyMessage(
      .recorded, request: 0, key: claimed.key, asked: claimed.asked,
      microseconds: answer.microseconds, answer: Array(answer.answer))
    if let position { keys.tell(message, after: position) } else { keys.tell(message) }
    watchForRoomForKeys()
  }

  /// Gives a key back for which there is no answer.
  func release(_ claimed: ClaimedKey) {
    keys.tell(KeyMessage(.released, request: 0, key: claimed.key, asked: claimed.asked))
    watchForRoomForKeys()
  }

  /// Tells the keeper of answers whose records the disk has, or failed to take.
  func tellSynchronizedKeys(where isDue: (WorkerJournal.Position) -> Bool) {
    keys.tellSynchronized(where: isDue)
    watchForRoomForKeys()
  }

  /// Reads what the keeper says of keys.
  func readKeyChannel() throws(SystemError) {
    if keys.hasOutbox { keys.sendOutbox() }
    var packet = [UInt8](repeating: 0, count: KeyMessage.byteCount + 1)
    for _ in 0..<Limits.keyPacketsPerTurn {
      switch keys.channel.receivePacket(into: &packet) {
      case .packet(let count, _):
        if let message = KeyMessage(parsing: packet[..<count]) { take(message) }
      case .wouldBlock: return watchForRoomForKeys()
      case .closed: return try closeKeys()
      case .failed: return try closeKeys()
      }
    }
    watchForRoomForKeys()
  }

  /// Goes on without keys; that the keeper is gone the control channel tells too.
  private func closeKeys() throws(SystemError) {
    keys.close()
    try poller.remove(keys.channel)
    for call in keys.takeAll(where: { _ in true }) {
      call.take(.refused(.keysUnavailable), in: self)
    }
  }

  private func take(_ message: KeyMessage) {
    let call = keys.remove(message.request)
    switch message.kind {
    case .granted:
      guard let call else {
        // It was answered meanwhile, or its caller is gone.
        return release(ClaimedKey(key: message.key, asked: message.asked))
      }
      call.take(.granted, in: self)
    case .replayed: call?.take(.replayed(message.answer), in: self)
    case .reused: call?.take(.refused(.keyReused), in: self)
    case .unavailable: call?.take(.refused(.keysUnavailable), in: self)
    case .claim, .recorded, .released: call?.take(.refused(.keysUnavailable), in: self)
    }
  }

  private func watchForRoomForKeys() {
    guard !keys.isClosed, keys.hasOutbox != keys.isWatchingForRoom else { return }
    keys.isWatchingForRoom = keys.hasOutbox
    do throws(SystemError) {
      try poller.change(
        keys.channel, to: keys.hasOutbox ? [.read, .write] : .read, token: Self.keysToken)
    } catch {
      records.write(event: "poll_failed", level: .error, reason: "\(error)")
    }
  }

  /// Lets a call that was parked wait for a turn.
  func unpark(_ call: any QueuedCall, of connection: Connection) {
    wait(call, of: connection)
    if connection.hasWork { queue.add(connection.slot) }
  }

  /// Answers those whose deadline comes before the keeper's word.
  func expireParked(now: UInt64) {
    guard keys.nearestDeadline <= now else { return }
    for call in keys.takeAll(where: { $0.deadline <= now }) {
      call.expire(now: now, in: self)
      if let connection = call.connection, connection.hasWork { queue.add(connection.slot) }
    }
  }
}
