internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

/// One client's connection: its descriptor, its protocol state and the bytes on their way.
///
/// Owned by the worker's loop and touched by nothing else; a class, so that a call in the run queue
/// can keep hold of it past its closing.
final class Connection {
  let descriptor: Descriptor
  /// Which socket it came in on, and so which methods it may call.
  let socket: Method.Socket
  /// Where the connection stands in the worker's table; the poller's token.
  let slot: Int
  @safe @exclusivity(unchecked) var protocolState: ServerConnection
  /// Bytes of a frame that has not arrived whole, and before it what is in the backlog; empty while frames come
  /// undivided and are served at once.
  @safe @exclusivity(unchecked) var pending: [UInt8] = []
  /// Whether ``pending`` may hold whole frames, for which the last turn was too short.
  @safe @exclusivity(unchecked) var hasBacklog = false
  /// Whether there was something to read when the poller was asked last.
  @safe @exclusivity(unchecked) var isReadable = false
  /// Calls that were begun and are not done.
  @safe @exclusivity(unchecked) var waiting = WaitingCalls()
  /// Whether the last turn was one of those calls', and the next belongs to what has come since.
  @safe @exclusivity(unchecked) var hasJustRun = false
  /// Whether a call waits for its tree to be compiled, or its context to be read; what comes behind it is not read
  /// before.
  @safe @exclusivity(unchecked) var isPreparing = false
  /// Frames on their way out, of which the first `sent` bytes are gone.
  @safe @exclusivity(unchecked) var output: [UInt8] = []
  @safe @exclusivity(unchecked) var sent = 0
  /// When bytes came in last, on the monotonic clock in nanoseconds.
  @safe @exclusivity(unchecked) var received: UInt64 = 0
  /// How long the client has kept us waiting.
  @safe @exclusivity(unchecked) var patience = Patience()
  @safe @exclusivity(unchecked) var isClosed = false
  /// The peer will send no more; the connection closes once its answers are out.
  @safe @exclusivity(unchecked) var hasFinishedReading = false
  /// It goes to another worker at the next boundary between two frames, and is read no further.
  @safe @exclusivity(unchecked) var isLeaving = false
  /// When its peer was found to be none that may call; `nil` for one that may.
  @safe @exclusivity(unchecked) var refusedAt: UInt64?
  /// Who its peer is; asked when it matters first.
  private(set) lazy var peer = try? PeerCredentials(of: descriptor)
  /// What the poller has been told to watch for.
  @safe @exclusivity(unchecked) var interest: Interest = .read
  /// Set while the connection stands in the loop's list of those to flush.
  @safe @exclusivity(unchecked) var isDirty = false
  /// Memory of ``pending`` and ``output`` when it was counted last, in bytes.
  @safe @exclusivity(unchecked) var countedBytes = 0

  init(
    _ descriptor: consuming Descriptor, socket: Method.Socket, slot: Int, state: ServerConnection
  ) {
    self.descriptor = descriptor
    self.socket = socket
    self.slot = slot
    protocolState = state
  }

  /// Answer bytes that the client has not taken yet.
  var unsentBytes: Int { output.count - sent }

  /// Memory that holds what has come and what is to go, in bytes.
  var bufferBytes: Int { pending.capacity + output.capacity }

  /// Whether there is something to do for it that waits for nobody.
  var hasWork: Bool { !isClosed && (canReceive || !waiting.isEmpty) }

  /// Whether its next turn is that of a call which was begun before.
  var goesOn: Bool { !waiting.isEmpty && !(canReceive && hasJustRun) }

  /// Whether there is something to serve; not for a client that leaves its answers unread.
  var canReceive: Bool { (hasBacklog || isReadable) && mayServe }

  /// Whether another call may be taken off it.
  var mayServe: Bool { takesAnswers && !isPreparing }

  /// The call for which nothing else was read is prepared, or will never be.
  func endPreparing() {
    guard isPreparing else { return }
    isPreparing = false
    patience.resumeReading(now: SystemClock.monotonicNanoseconds)
  }

  /// Whether the client reads, as far as can be seen.
  var takesAnswers: Bool { unsentBytes < Limits.unsentBytesBeforePause }

  /// Whether everything that was asked was answered and sent.
  var isIdle: Bool { protocolState.streamsInFlight == 0 && unsentBytes == 0 && !hasBacklog }

  /// Whether a frame has begun and not ended.
  var isInsideFrame: Bool { !pending.isEmpty || protocolState.isSkipping }

  /// Notes whether the client owes us the rest of a frame; while we owe it a look at what is there, it does not.
  func noteFrame() {
    patience.noteFrame(
      isInsideFrame: isInsideFrame && !hasBacklog, framesTaken: protocolState.framesTaken,
      now: received)
  }

  /// How many bytes to read at most, so that none behind the next boundary between two frames is read.
  var bytesToBoundary: Int {
    let pending = pending
    // Safe: bytes of any content are bytes.
    return unsafe protocolState.bytesToBoundary(behind: pending.span.bytes)
  }

  /// Whether nothing of it is here but its descriptor and its last stream ID.
  var canBePassed: Bool { !hasFinishedReading && isIdle && !isInsideFrame }

  /// What the poller should watch for now.
  var wantedInterest: Interest {
    var wanted: Interest = []
    let isWanted = !isLeaving || bytesToBoundary > 0
    if isWanted && !hasFinishedReading && takesAnswers { wanted.insert(.read) }
    if unsentBytes > 0 { wanted.insert(.write) }
    return wanted
  }

  /// Writes what is waiting, as far as the client takes it.
  ///
  /// - Parameters:
  ///   - now: The monotonic clock, in nanoseconds.
  ///   - limit: How many bytes may stay unsent.
  /// - Returns: Whether the connection still works.
  func flush(now: UInt64, limit: Int) -> Bool {
    let before = sent
    while sent < output.count {
      switch descriptor.send(output, from: sent) {
      case .bytes(let count): sent += count
      case .wouldBlock:
        patience.noteAnswers(taken: sent - before, unsent: unsentBytes, now: now)
        return unsentBytes <= limit
      case .closed, .failed:
        return false
      }
    }
    patience.noteAnswers(taken: sent - before, unsent: 0, now: now)
    sent = 0
    // The buffer of one huge answer is not kept for the small ones that follow.
    output.removeAll(keepingCapacity: output.capacity <= Limits.keptBufferBytes)
    return true
  }

  /// Appends an answer's frame that was written elsewhere; where nothing waits to be sent, it is not copied.
  func append(frame: inout [UInt8]) {
    if output.isEmpty { swap(&output, &frame) } else { output += frame }
    frame = []
  }

  /// Appends an answer's frame; `body` writes the envelope in place.
  ///
  /// One that is longer than a frame may be gives way to a status that says so: its client would throw
  /// it away, and wonder.
  func answer(_ streamID: UInt32, _ body: (inout [UInt8]) -> Void) {
    let start = FrameWriter.beginFrame(in: &output)
    let dataStart = output.count
    body(&output)
    if output.count - dataStart > Limits.answerBytes {
      output.removeSubrange(dataStart...)
      ResponseEnvelope.append(.answerTooLarge(limit: Limits.answerBytes), to: &output)
    }
    FrameWriter.endFrame(startingAt: start, type: .response, streamID: streamID, in: &output)
  }
}
