internal import FlyingSocks
internal import Glibc
internal import UnixSocket

/// The connections that wait, for bytes of their clients or for room to write: so many at most, and each for so long.
///
/// FlyingFox waits for its sockets through its pool alone, and has no bounds of its own: neither on how many there are, nor
/// on how long a request may take to come, or an answer to leave. A connection that is refused here, or whose time is
/// over, is closed by it.
struct ClientSockets<Pool: AsyncSocketPool>: AsyncSocketPool {
  private let pool: Pool
  private let limits: ConnectionLimits
  private let waiting = Locked<[Int32: Waiting]>([:])
  private let reads = Locked(Reads())

  /// A connection that has waited.
  private struct Waiting {
    /// No two sockets of the system have the same, though their descriptors may come again.
    var inode: UInt64
    var readsBy: ContinuousClock.Instant
    /// `nil` until there was no room to write.
    var writesBy: ContinuousClock.Instant?
  }

  /// Who waits for a client, or for bytes of one.
  private struct Reads {
    var waits: [Int32: Task<Void, any Error>] = [:]
    var areOver = false
  }

  init(_ pool: Pool, _ limits: ConnectionLimits) {
    self.pool = pool
    self.limits = limits
  }

  func prepare() async throws { try await pool.prepare() }

  func run() async throws { try await pool.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    let descriptor = socket.file.rawValue
    guard !Self.isListening(descriptor) else {
      return try await waitToRead(socket, events)
    }
    guard let deadline = enter(descriptor, isWriting: events.contains(.write), at: .now) else {
      throw SocketError.disconnected
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        if events.contains(.write) {
          try await pool.suspendSocket(socket, untilReadyFor: events)
        } else {
          try await waitToRead(socket, events)
        }
      }
      group.addTask {
        try await Task.sleep(until: deadline, clock: .continuous)
        throw SocketError.disconnected
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Waits for a client, or for bytes of one, and ends as a socket does that is closed once there are to be no more.
  private func waitToRead(_ socket: Socket, _ events: Socket.Events) async throws {
    let descriptor = socket.file.rawValue
    let wait = Task { [pool] in try await pool.suspendSocket(socket, untilReadyFor: events) }
    reads.withLock { reads in
      reads.waits[descriptor] = wait
      if reads.areOver { wait.cancel() }
    }
    let result = await withTaskCancellationHandler {
      await wait.result
    } onCancel: {
      wait.cancel()
    }
    let areOver = reads.withLock { reads in
      reads.waits[descriptor] = nil
      return reads.areOver
    }
    if areOver { throw SocketError.disconnected }
    try result.get()
  }

  /// Lets nobody else in, and nobody ask who has not asked yet.
  ///
  /// FlyingFox closes the socket that it listens on, which wakes nobody who waits for it.
  func stopReading() {
    reads.withLock { reads in
      reads.areOver = true
      for wait in reads.waits.values { wait.cancel() }
    }
  }

  /// Notes that a connection waits.
  ///
  /// - Returns: Until when it may; `nil` where it is one too many.
  private func enter(
    _ descriptor: Int32, isWriting: Bool, at now: ContinuousClock.Instant
  ) -> ContinuousClock.Instant? {
    guard let inode = Self.inode(descriptor) else { return nil }
    return waiting.withLock { waiting in
      if waiting[descriptor]?.inode != inode {
        waiting[descriptor] = nil
        if waiting.count >= limits.connections {
          // FlyingFox does not say what it has closed.
          waiting = waiting.filter { Self.inode($0.key) == $0.value.inode }
        }
        guard waiting.count < limits.connections else { return nil }
        waiting[descriptor] = Waiting(inode: inode, readsBy: now + limits.time)
      }
      guard isWriting else { return waiting[descriptor]?.readsBy }
      let deadline = waiting[descriptor]?.writesBy ?? now + limits.time
      waiting[descriptor]?.writesBy = deadline
      return deadline
    }
  }

  private static func isListening(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var byteCount = socklen_t(MemoryLayout<Int32>.size)
    // Safe: the number and its length are written during the call only.
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &byteCount)
    return result == 0 && value != 0
  }

  private static func inode(_ descriptor: Int32) -> UInt64? {
    var status = stat()
    // Safe: the structure is written during the call only.
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return UInt64(status.st_ino)
  }
}

/// What clients may take of the gateway.
struct ConnectionLimits: Sendable {
  /// Connections that wait at once, at each address.
  var connections = Limits.connections
  /// From a connection's beginning until its request is there, and again until its answer has left.
  var time = Duration.seconds(Limits.requestSeconds)
}
