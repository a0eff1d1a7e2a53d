internal import CLinux
internal import DecisionEngine
internal import Glibc
internal import SmartFlowMessages
internal import TTRPC
public import UnixSocket
public import WorkerLink

/// One worker process: a loop that accepts, reads, decides, records and answers.
///
/// One thread, and nothing in it blocks but the wait for events. A call runs to completion at once
/// when a slice suffices, else it takes turns with the others in the run queue.
public final class Worker {
  let settings: LaunchSettings
  let board: StatusBoard
  let page: WorkerPage
  let sockets: [SocketInfoMessage]
  let engine = Engine()
  var counters = WorkerCounters()
  var cache: TreeCache
  var records: RecordWriter
  var queue = RunQueue()
  /// Batches that wait in ``queue``.
  var queuedBatches = 0
  var arena: MessageArena? = MessageArena()
  var idleExecutions: [ExecutionCall] = []
  /// Memory of all connections' buffers, in bytes; see `Worker+Buffers.swift`.
  var bufferBytes = 0
  /// Shows the keeper what is in hand.
  var work = WorkMarker()
  /// Requests that were read and are not answered.
  var requestsInFlight: UInt64 = 0
  var callsAtKeeper = CallsAtKeeper()
  #if FAULT_INJECTION
    var faults = Faults()
  #endif
  /// Set by a drain: health says so, and nothing new is begun.
  private(set) var isDraining = false
  var handover = Handover()
  var refusedPeers = RefusedPeers()

  var poller: Poller
  let control: Descriptor
  private let dataListener: Descriptor
  private let adminListener: Descriptor
  var connections = ConnectionTable()
  private var dirty: [Connection] = []
  private var readBuffer = [UInt8](repeating: 0, count: Limits.readBytesPerTurn)
  private var drainDeadline = UInt64.max
  /// Until when a drain answers those that go on asking.
  private var lingerDeadline = UInt64.max
  private var nextSweep: UInt64 = 0
  private var isAccepting = false
  private var acceptPause = AcceptPause()
  /// The keeper's last nap that it was woken from.
  private var toldNap: UInt64 = 0

  private static let dataToken = UInt64.max
  private static let adminToken = UInt64.max - 1
  static let controlToken = UInt64.max - 2

  /// Takes over what the keeper left for the process.
  ///
  /// - Throws: ``SystemError`` when one of the descriptors is not what it should be.
  public init(
    settings: LaunchSettings, dataListener: consuming Descriptor,
    adminListener: consuming Descriptor, log: consuming Descriptor, control: consuming Descriptor,
    board: consuming StatusBoard, page: consuming WorkerPage
  ) throws(SystemError) {
    self.settings = settings
    sockets = try [
      Self.describe(dataListener, .data), Self.describe(adminListener, .admin),
    ]
    self.dataListener = dataListener
    self.adminListener = adminListener
    self.control = control
    self.board = board
    self.page = page
    cache = TreeCache(limitBytes: settings.treeCacheBytes)
    records = RecordWriter(log, workerIndex: settings.workerIndex)
    poller = try Poller()
    try self.control.setNonBlocking()
    try poller.add(self.control, .read, token: Self.controlToken)
  }

  /// Serves until the keeper says otherwise, or is gone.
  ///
  /// - Throws: ``SystemError`` when the kernel does not let it wait or watch.
  public func run() throws(SystemError) {
    try setAccepting(true)
    tell(.ready)
    while true {
      work.endTurn(requestsInFlight: requestsInFlight, on: page)
      let count = try poller.wait(milliseconds: waitMilliseconds())
      work.beginTurn(on: page)
      wakeKeeper()
      for index in 0..<count {
        guard try handle(poller.readiness(at: index)) else { return }
      }
      runQueued()
      expireCallsAtKeeper()
      if acceptPause.isOver(now: SystemClock.monotonicNanoseconds) { try setAccepting(true) }
      #if FAULT_INJECTION
        faults.strike(.turn)
      #endif
      // Records leave before the answers that tell of them.
      records.flush()
      counters.droppedLogLines = records.droppedLines
      flushDirty()
      try sweep()
      page.counters = counters
      if isDraining && isDrained(sawEvents: count > 0) { return failRest() }
      if try passConnectionsOn() {
        // What it left behind is read off the page.
        page.counters = counters
        return
      }
    }
  }

  /// Notes that a connection has answers to send at the end of this turn.
  func markDirty(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
  }

  // MARK: Events

  private func handle(_ readiness: Readiness) throws(SystemError) -> Bool {
    switch readiness.token {
    case Self.dataToken: try accept(on: .data)
    case Self.adminToken: try accept(on: .admin)
    case Self.controlToken: return try readControl()
    default:
      guard let connection = connections[Int(truncatingIfNeeded: readiness.token)] else {
        return true
      }
      if readiness.isReadable { read(connection) }
      if readiness.isWritable && !connection.isClosed { markDirty(connection) }
    }
    return true
  }

  private func waitMilliseconds() -> Int32 {
    guard let end = acceptPause.end else { return eventsWaitMilliseconds() }
    let now = SystemClock.monotonicNanoseconds
    let left = Int32(clamping: end > now ? (end - now) / 1_000_000 + 1 : 0)
    let wait = eventsWaitMilliseconds()
    return wait < 0 ? left : min(wait, left)
  }

  private func eventsWaitMilliseconds() -> Int32 {
    if !queue.isEmpty { return 0 }
    if isDraining || handover.isUnderWay { return 20 }
    guard callsAtKeeper.isEmpty else { return callsAtKeeper.waitMilliseconds }
    return connections.count > 0 ? 1000 : -1
  }

  private func accept(on socket: Method.Socket) throws(SystemError) {
    for _ in 0..<Limits.acceptsPerTurn {
      guard connections.count < settings.connections else { return try setAccepting(false) }
      switch socket == .data ? dataListener.accept() : adminListener.accept() {
      case .connection(let descriptor):
        if acceptPause.noteAccepted() {
          records.write(
            event: "accept_resumed", level: "info", reason: "there are descriptors to spare again")
        }
        try add(descriptor, socket)
      case .none: return
      case .exhausted(let error):
        if acceptPause.begin(now: SystemClock.monotonicNanoseconds) {
          records.write(
            event: "accept_paused", level: "warning",
            reason: "\(error); whoever dials waits; raise the limit of open files, or "
              + "lower --max-connections")
        }
        return try setAccepting(false)
      case .failed(let error): throw error
      }
    }
  }

  /// Serves a connection from here on.
  ///
  /// - Parameters:
  ///   - descriptor: The connection's.
  ///   - socket: Which socket it came in on.
  ///   - passed: What it was at another worker; `nil` when it is new.
  /// - Throws: ``SystemError`` when it can't be watched.
  func add(
    _ descriptor: consuming Descriptor, _ socket: Method.Socket, passed: PassedConnection? = nil
  ) throws(SystemError) {
    var descriptor: Descriptor? = consume descriptor
    var limits = ConnectionLimits()
    limits.streamsInFlight = settings.streamsInFlight
    let now = SystemClock.monotonicNanoseconds
    var refusedAt: UInt64?
    if let peer = descriptor.take() {
      if !isAllowed(peer, on: socket, now: now) {
        guard hasRoomToRefuse else { return }
        refusedAt = now
        limits.dataBytes = Limits.refusedBytes
      }
      descriptor = consume peer
    }
    let state = passed.map {
      ServerConnection(
        lastStreamID: $0.lastStreamID, swallowedStreamIDs: $0.swallowedStreamIDs, limits: limits)
    }
    let connection = connections.insert { slot in
      guard let descriptor = descriptor.take() else { preconditionFailure("taken twice") }
      return Connection(
        descriptor, socket: socket, slot: slot, state: state ?? ServerConnection(limits: limits),
        now: now)
    }
    connection.refusedAt = refusedAt
    try poller.add(connection.descriptor, .read, token: UInt64(connection.slot))
    counters.openConnections += 1
    if nextSweep == 0 { nextSweep = now + Limits.sweepNanoseconds }
  }

  /// A worker that has all it can hold leaves the rest to the others.
  func setAccepting(_ wanted: Bool) throws(SystemError) {
    // Whoever comes to one that leaves, or that drains while the socket outlives it, is another's to serve.
    let wanted = wanted && !handover.isUnderWay && !(isDraining && settings.passedSockets != 0)
    guard wanted != isAccepting else { return }
    isAccepting = wanted
    if wanted {
      try poller.add(dataListener, [.read, .exclusive], token: Self.dataToken)
      try poller.add(adminListener, [.read, .exclusive], token: Self.adminToken)
    } else {
      try poller.remove(dataListener)
      try poller.remove(adminListener)
    }
  }

  // MARK: Reading

  private func read(_ connection: Connection) {
    if connection.isLeaving {
      readRest(connection, atMost: connection.bytesToBoundary)
    } else if connection.pending.isEmpty {
      readWhole(connection)
    } else {
      readRest(connection)
    }
    if exceedsBuffers(connection) { close(connection) }
  }

  /// Reads into the worker's own buffer; what is left of a frame goes to the connection's.
  private func readWhole(_ connection: Connection) {
    switch connection.descriptor.read(into: &readBuffer) {
    case .bytes(let count):
      connection.lastProgress = SystemClock.monotonicNanoseconds
      // The buffer is lent, so that the calls it holds may use all else of the worker.
      var buffer: [UInt8] = []
      swap(&buffer, &readBuffer)
      let consumed = serve(buffer, count, of: connection)
      if consumed < count && !connection.isClosed {
        connection.pending.append(contentsOf: buffer[consumed..<count])
      }
      swap(&buffer, &readBuffer)
    case .wouldBlock: return
    case .closed: finishReading(connection)
    case .failed: close(connection)
    }
  }

  /// Reads behind what is there of a frame.
  private func readRest(_ connection: Connection, atMost limit: Int = .max) {
    // A connection that leaves at this boundary is read no more; whoever looks at it next lets it go.
    guard limit > 0 else { return markDirty(connection) }
    let room = min(limit, Limits.readBytesPerTurn)
    let start = connection.pending.count
    connection.pending.append(contentsOf: repeatElement(0, count: room))
    let result = connection.descriptor.read(into: &connection.pending, from: start)
    let count = if case .bytes(let count) = result { count } else { 0 }
    connection.pending.removeLast(room - count)
    switch result {
    case .bytes:
      connection.lastProgress = SystemClock.monotonicNanoseconds
      var buffer: [UInt8] = []
      swap(&buffer, &connection.pending)
      let consumed = serve(buffer, buffer.count, of: connection)
      guard !connection.isClosed else { return }
      buffer.removeFirst(consumed)
      if buffer.isEmpty && buffer.capacity > Limits.keptBufferBytes { buffer = [] }
      swap(&buffer, &connection.pending)
      if connection.isLeaving { markDirty(connection) }
    case .wouldBlock: return
    case .closed: finishReading(connection)
    case .failed: close(connection)
    }
  }

  /// Serves all whole frames among the first `count` bytes of `buffer`.
  ///
  /// - Returns: How many bytes need no second look.
  private func serve(_ buffer: [UInt8], _ count: Int, of connection: Connection) -> Int {
    // Safe: bytes of any content are bytes.
    let bytes = unsafe buffer.span.bytes.extracting(0..<count)
    var consumed = 0
    let received = connection.lastProgress
    while true {
      switch connection.protocolState.next(in: bytes, consumed: &consumed) {
      case .needsBytes: return consumed
      case .refusal(let streamID, _) where connection.refusedAt != nil:
        turnAway(connection, streamID: streamID)
        return count
      case .request(let streamID, _) where connection.refusedAt != nil:
        connection.protocolState.finish(streamID: streamID)
        turnAway(connection, streamID: streamID)
        return count
      case .refusal(let streamID, let refusal):
        counters.requests += 1
        counters.failures += 1
        connection.answer(streamID) { ResponseEnvelope.append(RPCStatus(refusal), to: &$0) }
        markDirty(connection)
      case .request(let streamID, let data):
        requestsInFlight += 1
        work.noteRequest(on: page)
        serve(
          bytes.extracting(data),
          Call(connection: connection, streamID: streamID, received: received))
      }
    }
  }

  /// The peer has said all it will say; it still gets its answers.
  private func finishReading(_ connection: Connection) {
    connection.hasFinishedReading = true
    connection.pending = []
    markDirty(connection)
  }

  // MARK: Writing

  func flushDirty() {
    guard !dirty.isEmpty else { return }
    let now = SystemClock.monotonicNanoseconds
    for connection in dirty {
      connection.isDirty = false
      guard !connection.isClosed else { continue }
      guard connection.flush(now: now), !(connection.hasFinishedReading && connection.isIdle)
      else {
        close(connection)
        continue
      }
      if exceedsBuffers(connection) {
        close(connection)
        continue
      }
      watch(connection)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  private func watch(_ connection: Connection) {
    let wanted = connection.wantedInterest
    guard wanted != connection.interest else { return }
    connection.interest = wanted
    do throws(SystemError) {
      try poller.change(connection.descriptor, to: wanted, token: UInt64(connection.slot))
    } catch {
      // Without being watched it would never be served again: its client had better dial anew.
      close(connection)
    }
  }

  private func close(_ connection: Connection) {
    guard !connection.isClosed else { return }
    connection.isClosed = true
    connection.output = []
    connection.sent = 0
    connection.pending = []
    countBuffers(of: connection)
    do throws(SystemError) {
      try poller.remove(connection.descriptor)
      connections.remove(connection)
      counters.openConnections -= 1
      try setAccepting(true)
    } catch {
      records.write(event: "poll_failed", level: "error", reason: "\(error)")
    }
    connection.descriptor.shutDown()
  }

  // MARK: Time

  private func runQueued() {
    // As many as there were: one that is put back waits for the next round of events.
    for _ in 0..<queue.count {
      let now = SystemClock.monotonicNanoseconds
      for call in queue.removeFinished(now: now) {
        if call.isWanted { call.expire(now: now, in: self) } else { call.abandon(in: self) }
      }
      guard let call = queue.popFirst() else { return }
      if !call.runSlice(until: now + Limits.sliceNanoseconds, in: self) { queue.append(call) }
      work.end(on: page)
    }
  }

  /// Closes connections that hold half a frame, or do not take their answers, for too long.
  private func sweep() throws(SystemError) {
    guard nextSweep > 0 else { return }
    let now = SystemClock.monotonicNanoseconds
    guard now >= nextSweep else { return }
    nextSweep = connections.count > 0 ? now + Limits.sweepNanoseconds : 0
    for connection in connections.all
    where (connection.isInsideFrame || connection.unsentBytes > 0)
      && now - connection.lastProgress > Limits.idleNanoseconds
    {
      close(connection)
    }
    for connection in connections.all {
      guard let refusedAt = connection.refusedAt else { continue }
      if now - refusedAt > Limits.refusedNanoseconds { close(connection) }
    }
  }

  // MARK: Control

  /// - Returns: Whether the keeper will hear it.
  @discardableResult
  func tell(_ message: ControlMessage) -> Bool {
    // Safe: bytes of any content are bytes.
    let sent = unsafe control.sendPacket(message.bytes.span.bytes)
    guard case .bytes = sent else {
      records.write(event: "control_failed", level: "error", reason: "\(sent)")
      return false
    }
    return true
  }

  /// Tells a keeper that naps that there is work to be watched, once a nap.
  private func wakeKeeper() {
    let nap = board.nap
    guard nap != 0, nap != toldNap else { return }
    toldNap = nap
    tell(.awake)
  }

  /// - Returns: Whether to go on; a keeper that is gone has no use for its workers.
  private func readControl() throws(SystemError) -> Bool {
    var packet = [UInt8](repeating: 0, count: PassedConnection.byteCount)
    switch control.receivePacket(into: &packet) {
    case .packet(let count, let passed):
      if let connection = PassedConnection(parsing: packet[..<count]) {
        if let passed { try add(passed, connection.isAdmin ? .admin : .data, passed: connection) }
        return true
      }
      switch ControlMessage(parsing: packet[..<count]) {
      case .drain(let grace): try drain(graceMilliseconds: grace)
      case .handOver(let grace): try beginHandover(graceMilliseconds: grace)
      case .lifted(let request, let wasThere): finishLift(request, wasThere: wasThere)
      case .layer, .ready, .liftQuarantine, .awake, nil: break
      }
      return true
    case .wouldBlock: return true
    case .failed(EPROTO):
      // There was no descriptor left for a connection that was passed on; its client dials anew.
      records.write(
        event: "connection_not_taken_over", level: "warning", reason: "no descriptor to spare")
      return true
    case .closed: return false
    case .failed: return false
    }
  }

  private func drain(graceMilliseconds: UInt64) throws(SystemError) {
    guard !isDraining else { return }
    isDraining = true
    endHandover()
    let now = SystemClock.monotonicNanoseconds
    drainDeadline = now &+ min(graceMilliseconds, 3_600_000) * 1_000_000
    lingerDeadline = min(drainDeadline, now &+ Limits.lingerNanoseconds)
    if settings.passedSockets != 0 { try setAccepting(false) }
  }

  /// Answers what is still in flight when the grace is over, as far as its clients read.
  private func failRest() {
    // All of them: none has a deadline behind the end of time.
    for call in queue.removeFinished(now: .max) {
      if call.isWanted { call.cutShort(in: self) } else { call.abandon(in: self) }
    }
    for call in callsAtKeeper.removeExpired(now: .max) { answer(call, failure: .draining) }
    records.flush()
    counters.droppedLogLines = records.droppedLines
    flushDirty()
    page.counters = counters
    work.endTurn(requestsInFlight: requestsInFlight, on: page)
  }

  /// Whether everything that was asked has been answered.
  ///
  /// The keeper has taken the socket's file away, so nobody new can come; whoever had dialled or
  /// written before still gets an answer. A turn in which nothing came says that all have.
  private func isDrained(sawEvents: Bool) -> Bool {
    let now = SystemClock.monotonicNanoseconds
    if now >= drainDeadline { return true }
    return connections.all.allSatisfy { $0.isIdle } && (!sawEvents || now >= lingerDeadline)
  }

  private static func describe(
    _ listener: borrowing Descriptor, _ purpose: SocketInfoMessage.Purpose
  ) throws(SystemError) -> SocketInfoMessage {
    let (path, mode) = try listener.socketFile()
    return SocketInfoMessage(path: path, purpose: purpose, mode: mode)
  }
}
