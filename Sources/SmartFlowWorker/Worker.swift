internal import CLinux
public import Catalog
internal import DecisionEngine
internal import Glibc
internal import JSON
internal import SmartFlowMessages
internal import TTRPC
internal import Telemetry
public import UnixSocket
public import WorkerLink

/// One worker process: a loop that accepts, reads, decides, records and answers.
///
/// One thread, and nothing in it blocks but the wait for events. Connections that have work take turns, a slice
/// of time at most each; see `Worker+Turns.swift`.
///
/// INVARIANT: What is marked `@exclusivity(unchecked)`, here, in ``Connection`` and in ``ExecutionCall``, is a number or
/// a flag, whose access runs no other code, or a value whose mutating methods are given nothing that leads back to its
/// owner: so no access to it can begin inside another. A test holds the sources against that. Asking at run time took a
/// seventh of a call.
public final class Worker {
  let settings: LaunchSettings
  let board: StatusBoard
  let page: WorkerPage
  let sockets: [SocketInfoMessage]
  @safe @exclusivity(unchecked) var counters = WorkerCounters()
  @safe @exclusivity(unchecked) var cache: TreeCache
  let metricNames = Worker.metricNames()
  @safe @exclusivity(unchecked) var treesInTheMaking = TreesInTheMaking()
  let remains = Remains()
  @safe @exclusivity(unchecked) var records: RecordWriter
  @safe @exclusivity(unchecked) var journal: WorkerJournal
  @safe @exclusivity(unchecked) var decisionMembers: DecisionMembers
  /// Calls of the turn whose records are not written yet.
  @safe @exclusivity(unchecked) var unwritten: [ExecutionCall] = []
  /// Answers whose records are not on the disk yet.
  @safe @exclusivity(unchecked) var held = HeldAnswers()
  /// Calls that wait for the keeper's word on their idempotency keys.
  @safe @exclusivity(unchecked) var keys: KeyDesk
  @safe @exclusivity(unchecked) var queue = RunQueue()
  /// Calls of all connections that wait for their next slice, and the batches among them.
  @safe @exclusivity(unchecked) var waitingCalls = 0
  @safe @exclusivity(unchecked) var waitingBatches = 0
  /// No call that waits must be answered before, on the monotonic clock in nanoseconds.
  @safe @exclusivity(unchecked) var nearestDeadline = UInt64.max
  /// The monotonic clock when it was looked at last, in nanoseconds: after every answer, and within every piece of work.
  @safe @exclusivity(unchecked) private(set) var clock: UInt64 = 0
  /// When the turn that goes on now is over.
  @safe @exclusivity(unchecked) var turnEnd: UInt64 = 0
  let arena = LentArena()
  /// Holds what of a request is unpacked on its own, while the request lies in ``arena``.
  let contextArena = LentArena()
  /// Serves the reading of one small context after the other.
  @safe @exclusivity(unchecked) var jsonMemory = JSONMemory()
  /// Memory of large contexts that wait to be read, in bytes.
  @safe @exclusivity(unchecked) var contextBytes = 0
  @safe @exclusivity(unchecked) var idleExecutions: [ExecutionCall] = []
  /// Memory of all connections' buffers, in bytes; see `Worker+Buffers.swift`.
  @safe @exclusivity(unchecked) var bufferBytes = 0
  /// Shows the keeper what is in hand.
  @safe @exclusivity(unchecked) var work = WorkMarker()
  /// Requests that were read and are not answered.
  @safe @exclusivity(unchecked) var requestsInFlight: UInt64 = 0
  @safe @exclusivity(unchecked) var callsAtKeeper = CallsAtKeeper()
  /// What is asked of the store of published trees.
  @safe @exclusivity(unchecked) var desk: Desk
  /// The published trees, as they are for this turn.
  @safe @exclusivity(unchecked) var catalog: CatalogReader
  /// The board's count of catalogs when it was looked at last.
  @safe @exclusivity(unchecked) var seenCatalog: UInt64 = 0
  #if FAULT_INJECTION
    var faults = Faults()
  #endif
  /// Set by a drain: health says so, and nothing new is begun.
  @safe @exclusivity(unchecked) private(set) var isDraining = false
  @safe @exclusivity(unchecked) var handover = Handover()
  @safe @exclusivity(unchecked) var refusedPeers = RefusedPeers()

  @safe @exclusivity(unchecked) var poller: Poller
  let control: Descriptor
  private let dataListener: Descriptor
  private let adminListener: Descriptor
  @safe @exclusivity(unchecked) var connections = ConnectionTable()
  @safe @exclusivity(unchecked) var dirty: [Connection] = []
  @safe @exclusivity(unchecked) var readBuffer = [UInt8](
    repeating: 0, count: Limits.readBytesPerTurn)
  @safe @exclusivity(unchecked) private var drainDeadline = UInt64.max
  /// Until when a drain answers those that go on asking.
  @safe @exclusivity(unchecked) private var lingerDeadline = UInt64.max
  @safe @exclusivity(unchecked) var nextSweep: UInt64 = 0
  @safe @exclusivity(unchecked) private var isAccepting = false
  @safe @exclusivity(unchecked) private var acceptPause = AcceptPause()
  @safe @exclusivity(unchecked) private var lookout = Lookout()
  /// The requests that were answered when it was looked for events last.
  @safe @exclusivity(unchecked) private var requestsLookedAt: UInt64 = 0
  /// The keeper's last nap that it was woken from.
  @safe @exclusivity(unchecked) private var toldNap: UInt64 = 0

  private static let dataToken = UInt64.max
  private static let adminToken = UInt64.max - 1
  static let controlToken = UInt64.max - 2
  private static let journalToken = UInt64.max - 3
  static let keysToken = UInt64.max - 4

  /// Takes over what the keeper left for the process.
  ///
  /// - Throws: ``SystemError`` when one of the descriptors is not what it should be.
  public init(
    settings: LaunchSettings, dataListener: consuming Descriptor,
    adminListener: consuming Descriptor, log: consuming Descriptor, control: consuming Descriptor,
    board: consuming StatusBoard, page: consuming WorkerPage, desk: consuming SharedBytes,
    catalog: consuming CatalogReader, journal: consuming Descriptor, keys: consuming Descriptor
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
    self.desk = Desk(desk)
    self.catalog = catalog
    cache = TreeCache(limitBytes: settings.treeCacheBytes)
    let mask = ParameterMask(settings.maskedParameters)
    records = RecordWriter(log, workerIndex: settings.workerIndex, mask: mask)
    self.journal = WorkerJournal(journal, settings)
    self.keys = KeyDesk(keys)
    decisionMembers = DecisionMembers(
      workerIndex: settings.workerIndex, fuelLimit: settings.fuelUnits,
      context: AuditContext(rawValue: settings.auditContext) ?? .digest, mask: mask)
    poller = try Poller()
    self.page.setMetric(MetricsLayout.fingerprint, metricNames.fingerprint)
    try self.control.setNonBlocking()
    try poller.add(self.control, .read, token: Self.controlToken)
    try self.journal.channel.setNonBlocking()
    try poller.add(self.journal.channel, .read, token: Self.journalToken)
    try self.keys.channel.setNonBlocking()
    try poller.add(self.keys.channel, .read, token: Self.keysToken)
  }

  /// Serves until the keeper says otherwise, or is gone.
  ///
  /// - Throws: ``SystemError`` when the kernel does not let it wait or watch.
  public func run() throws(SystemError) {
    lookAtCatalog()
    var count = 0
    while true {
      work.endTurn(requestsInFlight: requestsInFlight, on: page)
      count = try waitForEvents(after: count)
      work.beginTurn(on: page)
      records.leastLevel = board.logLevel
      wakeKeeper()
      lookAtCatalog()
      for index in 0..<count {
        guard try handle(poller.readiness(at: index)) else { return }
      }
      takeTurns()
      expireCallsAtKeeper()
      expireHeld(now: SystemClock.monotonicNanoseconds)
      expireParked(now: SystemClock.monotonicNanoseconds)
      if acceptPause.isOver(now: SystemClock.monotonicNanoseconds) { try setAccepting(true) }
      #if FAULT_INJECTION
        faults.strike(.turn)
      #endif
      // Before the records leave, since nothing may wake the loop after it.
      try sweep()
      sendAnswers()
      giveBackRemains()
      page.counters = counters
      if isDraining && isDrained(sawEvents: count > 0) { return failRest() }
      if try passConnectionsOn() {
        records.flush()
        // What it left behind is read off the page.
        page.counters = counters
        return
      }
    }
  }

  /// Looks at the monotonic clock.
  ///
  /// What needs to know no more than that a light call has gone by asks ``clock`` instead: a look costs as much as
  /// comparing two texts, and a call would take six.
  @discardableResult
  func lookAtClock() -> UInt64 {
    clock = SystemClock.monotonicNanoseconds
    return clock
  }

  // MARK: Events

  private func handle(_ readiness: Readiness) throws(SystemError) -> Bool {
    switch readiness.token {
    case Self.dataToken: try accept(on: .data)
    case Self.adminToken: try accept(on: .admin)
    case Self.controlToken: return try readControl()
    case Self.journalToken: try readJournal()
    case Self.keysToken: try readKeyChannel()
    default:
      guard let connection = connections[Int(truncatingIfNeeded: readiness.token)] else {
        return true
      }
      if readiness.isReadable {
        connection.isReadable = true
        queue.add(connection.slot)
      }
      if readiness.isWritable && !connection.isClosed { markDirty(connection) }
    }
    return true
  }

  /// Waits for events, after a turn that began with so many.
  private func waitForEvents(after events: Int) throws(SystemError) -> Int {
    let wait = waitMilliseconds()
    let calls = counters.requests - requestsLookedAt
    requestsLookedAt = counters.requests
    guard wait != 0, lookout.isDue(afterCalls: calls, of: events) else {
      return try poller.wait(milliseconds: wait)
    }
    let end = SystemClock.monotonicNanoseconds + Limits.lookoutNanoseconds
    repeat {
      let count = try poller.wait(milliseconds: 0)
      if count > 0 {
        lookout.note(hasFound: true)
        return count
      }
    } while SystemClock.monotonicNanoseconds < end
    lookout.note(hasFound: false)
    return try poller.wait(milliseconds: waitMilliseconds())
  }

  private func waitMilliseconds() -> Int32 {
    let until = min(
      acceptPause.end ?? .max, journal.tellDue, records.flushDue,
      min(held.nearestDeadline, keys.nearestDeadline))
    let wait = eventsWaitMilliseconds()
    guard until != .max else { return wait }
    let left = Int32(clamping: SystemClock.milliseconds(until: until))
    return wait < 0 ? left : min(wait, left)
  }

  /// Reads what the keeper says of journals; the first word of it begins the service.
  ///
  /// Who comes before would find that nothing can be recorded.
  private func readJournal() throws(SystemError) {
    let wasSettled = journal.isSettled
    try readJournalChannel()
    guard journal.isSettled, !wasSettled else { return }
    try setAccepting(true)
    tell(.ready)
  }

  private func eventsWaitMilliseconds() -> Int32 {
    if !queue.isEmpty || !remains.isEmpty { return 0 }
    if isDraining || handover.isUnderWay { return 20 }
    guard callsAtKeeper.isEmpty && desk.isEmpty else {
      return min(callsAtKeeper.waitMilliseconds, desk.waitMilliseconds)
    }
    return connections.count > 0 ? Int32(clamping: sweepNanoseconds / 1_000_000 + 1) : -1
  }

  private func accept(on socket: Method.Socket) throws(SystemError) {
    let isAlone = settings.workerCount == 1
    for _ in 0..<(isAlone ? Limits.acceptsPerTurn : Limits.acceptsPerTurnOfSeveral) {
      guard connections.count < settings.connections else {
        records.write(
          event: "accept_paused", level: .warning,
          reason: "\(connections.count) connections are open; raise --max-connections if need be")
        return try setAccepting(false)
      }
      switch socket == .data ? dataListener.accept() : adminListener.accept() {
      case .connection(let descriptor):
        if acceptPause.noteAccepted() {
          records.write(
            event: "accept_resumed", level: .info, reason: "there are descriptors to spare again")
        }
        try add(descriptor, socket)
        if !isAlone { try standBehindOthers(socket) }
      case .none: return
      case .exhausted(let error):
        if acceptPause.begin(now: SystemClock.monotonicNanoseconds) {
          records.write(
            event: "accept_paused", level: .warning,
            reason: "\(error); whoever dials waits; raise the limit of open files, or "
              + "lower --max-connections")
        }
        return try setAccepting(false)
      case .failed(let error): throw error
      }
    }
  }

  /// Lets the other workers have the next connection.
  ///
  /// The system wakes who has waited longest for the socket, and of idle workers that is the same one each time:
  /// it would have all connections of clients that dial before they call, and the others none.
  private func standBehindOthers(_ socket: Method.Socket) throws(SystemError) {
    guard isAccepting else { return }
    switch socket {
    case .data:
      try poller.remove(dataListener)
      try poller.add(dataListener, [.read, .exclusive], token: Self.dataToken)
    case .admin:
      try poller.remove(adminListener)
      try poller.add(adminListener, [.read, .exclusive], token: Self.adminToken)
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
        descriptor, socket: socket, slot: slot, state: state ?? ServerConnection(limits: limits))
    }
    connection.refusedAt = refusedAt
    queue.enter(connection.slot)
    try poller.add(connection.descriptor, .read, token: UInt64(connection.slot))
    counters.openConnections += 1
    page.setMetric(MetricsLayout.openConnections, counters.openConnections)
    // One that was passed on was counted when it was accepted.
    if passed == nil { page.countMetric(MetricsLayout.accepted(isAdmin: socket == .admin)) }
    if nextSweep == 0 { nextSweep = now + sweepNanoseconds }
  }

  /// A worker that has all it can hold leaves the rest to the others.
  func setAccepting(_ wanted: Bool) throws(SystemError) {
    // Whoever comes to one that leaves, or that drains while the socket outlives it, is another's to serve.
    let wanted =
      wanted && journal.isSettled && !handover.isUnderWay
      && !(isDraining && settings.passedSockets != 0)
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

  // MARK: Control

  /// - Returns: Whether the keeper will hear it.
  @discardableResult
  func tell(_ message: ControlMessage) -> Bool {
    // Safe: bytes of any content are bytes.
    let sent = unsafe control.sendPacket(message.bytes.span.bytes)
    guard case .bytes = sent else {
      records.write(event: "control_failed", level: .error, reason: "\(sent)")
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
      case .storeAnswered(let request, let byteCount):
        takeFromDesk(request, byteCount: Int(byteCount))
      case .done(let request, let isDone): finishAtKeeper(request, isDone: isDone)
      case .layer, .ready, .liftQuarantine, .awake, .askStore, .addMetricsUp, .wantDrain,
        .setLogLevel, nil:
        break
      }
      return true
    case .wouldBlock: return true
    case .failed(EPROTO):
      // There was no descriptor left for a connection that was passed on; its client dials anew.
      records.write(
        event: "connection_not_taken_over", level: .warning, reason: "no descriptor to spare")
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
    var batches: [any QueuedCall] = []
    for connection in connections.all {
      for call in connection.waiting.removeAll() {
        if call.isBatch { batches.append(call) } else { call.cutShort(in: self) }
      }
    }
    for call in keys.takeAll(where: { _ in true }) {
      if call.isBatch { batches.append(call) } else { call.cutShort(in: self) }
    }
    // All of them: none has a deadline behind the end of time.
    let unheld = held.takeAll { _ in true }.map(\.call)
    for call in callsAtKeeper.removeExpired(now: .max) + desk.removeExpired(now: .max) + unheld {
      answer(call, failure: .draining)
    }
    sendAnswers()
    // Last, and each on its own: to tell ten thousand items takes milliseconds, which nobody is to wait for.
    for batch in batches {
      batch.cutShort(in: self)
      sendAnswers()
    }
    records.flush()
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
    return queue.isEmpty && connections.all.allSatisfy { $0.isIdle }
      && (!sawEvents || now >= lingerDeadline)
  }

  private static func describe(
    _ listener: borrowing Descriptor, _ purpose: SocketInfoMessage.Purpose
  ) throws(SystemError) -> SocketInfoMessage {
    let (path, mode) = try listener.socketFile()
    return SocketInfoMessage(path: path, purpose: purpose, mode: mode)
  }
}
