internal import Catalog
internal import Glibc
internal import Logging
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// The keeper: it holds the sockets and the workers, and parses no client's bytes.
///
/// One thread and one loop, over signals, workers' ends, their logs and what they have to say.
final class Keeper {
  /// A reload changes what can be changed while the daemon runs.
  var settings: DaemonSettings
  let logger: Logger
  let output: LogOutput
  let data: Listener
  let admin: Listener
  let service: ServiceManager
  private let state: StateDirectory
  let store: StoreThread
  let stock: JournalStock
  let journals: ServiceThread<JournalService>
  let keys: ServiceThread<KeyService>
  /// The process that is started next; see ``WorkerChannel/generation``.
  private var nextGeneration: UInt64 = 1
  let board: StatusBoard
  private let signals: SignalDescriptor
  var poller: Poller
  let slots: [WorkerSlot]
  var replacement = Replacement()
  var upgrade = Upgrade()
  private let startNanoseconds: UInt64
  var packet = [UInt8](repeating: 0, count: LogRecord.packetBytes)
  var isServing = false
  /// When a drain is over at the latest; `nil` while there is none.
  var drainEnds: UInt64?
  private var nextRefresh: UInt64 = 0
  var looks = LookSchedule()
  var quarantine = QuarantineLedger()
  var outOfMemory = OutOfMemoryCount()
  /// The catalog that workers see.
  var shownCatalog = CatalogState(generation: 0, root: 0, byteCount: 0, activeTrees: 0)
  var catalogSequence: UInt64 = 0
  var totals = MetricsTotals(sinceMicroseconds: SystemClock.microsecondsSince1970)
  /// An administrator wants a drain, which begins with the end of the turn.
  var isDrainWanted = false
  /// The exit status, once it is time to go.
  var exitStatus: Int32?
  /// Why workers can't be confined, once that has ended the start.
  var confinementRefusal: String?

  private static let refreshNanoseconds: UInt64 = 1_000_000_000
  /// Packets read of one worker's channel before the others have their turn.
  static let packetsPerTurn = 16
  /// Young deaths in a row at which a worker that was never ready is given up.
  static let hopelessDeaths = 5

  /// What a descriptor in the poller is, beside whose it is.
  enum Source: UInt64 {
    case signals
    case process
    case log
    case control
    case words
    case upgrade
    case store
    case journals

    func token(_ index: Int) -> UInt64 { UInt64(index) << 3 | rawValue }
  }

  /// - Parameters:
  ///   - settings: What it is to be.
  ///   - takeover: What the release before leaves it; `nil` when it begins anew.
  ///   - logger: The keeper's own log.
  ///   - output: Where all lines go.
  /// - Throws: ``StartFailure`` when the sockets, the worker's program or the system do not allow it.
  init(
    _ settings: DaemonSettings, _ takeover: Takeover?, logger: Logger, output: LogOutput
  ) throws(StartFailure) {
    startNanoseconds = SystemClock.monotonicNanoseconds
    self.settings = settings
    self.logger = logger
    self.output = output
    // First: a signal that comes during the start waits, rather than to end a daemon with its socket files there.
    do throws(SystemError) {
      signals = try SignalDescriptor([SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGCHLD])
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
    // A pipe without a reader and a file at its limit are errors to be handled, and no reason to end.
    for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
    service = .ofEnvironment(processID: getpid(), logger: logger)
    // Safe: the path is read during the call only.
    guard unsafe access(settings.workerPath, X_OK) == 0 else {
      throw StartFailure(
        description:
          "the worker `\(settings.workerPath)` is not there, or can't be run; it belongs beside smartflowd",
        exitStatus: EX_CONFIG)
    }
    try DescriptorLimit.raise(workers: settings.workers)
    data = try Self.listen(settings.data, takeover?.data)
    do throws(StartFailure) {
      admin = try Self.listen(settings.admin, takeover?.admin)
      do throws(StartFailure) {
        state = try StateDirectory(settings.stateDirectory)
        store = try Self.openStore(state.treeStore())
        let keyRoom = try Self.openKeys(state.keyStore(), settings)
        keys = try Self.keyThread(keyRoom, takeover)
        stock = try Self.journalStock(settings)
        journals = try Self.openJournals(
          settings, stock, keys: keyRoom, keys, hasWorkers: takeover != nil)
      } catch {
        admin.removeFile()
        throw error
      }
    } catch {
      data.removeFile()
      throw error
    }
    let leftOff = Set(bits: settings.launch.unconfinedBits)
    slots = (0..<settings.workers).map {
      WorkerSlot(
        index: $0, maximumTimeoutNanoseconds: settings.launch.maximumTimeoutNanoseconds,
        leftOff: leftOff)
    }
    do throws(SystemError) {
      // A worker may start no program, and the language's backtracer is one: it would only hold up the end of
      // the connections. The texts are copied.
      unsafe setenv("SWIFT_BACKTRACE", "enable=no", 1)
      board = try StatusBoard(
        keeperProcessID: UInt64(getpid()),
        startMicroseconds: SystemClock.microsecondsSince1970, startNanoseconds: startNanoseconds,
        workerCount: settings.workers)
      poller = try Poller()
      showLogLevel()
      try poller.add(signals.descriptor, .read, token: Source.signals.token(0))
      try poller.add(store.answered.descriptor, .read, token: Source.store.token(0))
      try poller.add(journals.told.descriptor, .read, token: Source.journals.token(0))
      try poller.add(keys.told.descriptor, .read, token: Source.journals.token(1))
      show(store.state)
      if let takeover { try take(over: takeover) }
      try store.start()
      try stock.start(places: settings.workers)
      try journals.start()
      try keys.start()
    } catch {
      data.removeFile()
      admin.removeFile()
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
  }

  /// Starts the workers, and keeps them until it is told to end.
  ///
  /// - Returns: The exit status.
  func run() throws(StartFailure) -> Int32 {
    defer {
      removeFiles()
      store.close()
    }
    logger.info(
      "starting",
      metadata: [
        "pid": "\(getpid())", "version": "\(ServerVersion.text)",
        "socket": "\(settings.data.path)", "admin_socket": "\(settings.admin.path)",
        "passed": "\(settings.passedNames)", "workers": "\(settings.workers)",
        "state_directory": "\(settings.stateDirectory)", "trees": "\(store.state.activeTrees)",
      ])
    do throws(SystemError) {
      if upgrade.predecessor != nil {
        replaceAll()
      } else {
        for slot in slots { try start(slot) }
      }
      while exitStatus == nil { try turn() }
      try readLogsOut()
      endJournals()
    } catch {
      killAll()
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
    if let confinementRefusal {
      throw StartFailure(description: confinementRefusal, exitStatus: EX_CONFIG)
    }
    logger.info("stopped", metadata: ["status": "\(exitStatus ?? 0)"])
    return exitStatus ?? 0
  }

  private func turn() throws(SystemError) {
    let count = try poller.wait(milliseconds: waitMilliseconds())
    for index in 0..<count {
      let token = poller.readiness(at: index).token
      guard let source = Source(rawValue: token & 7) else { continue }
      if case .signals = source {
        while let number = signals.next() { try handleSignal(number) }
        continue
      }
      if case .upgrade = source {
        try finishUpgradeCheck()
        continue
      }
      if case .store = source {
        deliverStoreAnswers()
        continue
      }
      if case .journals = source {
        tellOfJournals()
        continue
      }
      guard let slot = place(Int(token >> 3)) else { continue }
      switch source {
      case .signals, .upgrade, .store, .journals: break
      case .log: readLog(slot)
      case .control: try readControl(slot)
      case .words: _ = slot.readWords()
      case .process: try handleEnd(slot)
      }
    }
    let now = SystemClock.monotonicNanoseconds
    for slot in slots {
      if let startAt = slot.startAt, startAt <= now, drainEnds == nil { startAgain(slot) }
    }
    watchWorkers(now: now)
    try deliverArriving()
    try goOnReplacing(now: now)
    keepServiceManagerInformed(now: now)
    try goOnUpgrading(now: now)
    endLogLevel(now: now)
    if isDrainWanted { beginDrain(["by": "administrator"]) }
    if let drainEnds, now >= drainEnds { endDrain() }
    if now >= nextRefresh {
      nextRefresh = now + Self.refreshNanoseconds
      refreshBoard()
    }
    output.flush()
  }

  private func waitMilliseconds() -> Int32 {
    var until = min(nextRefresh, looks.next, service.nextKeepAlive)
    for slot in places {
      until = min(until, slot.startAt ?? .max, slot.checkStopAt ?? .max, slot.leavesBy ?? .max)
    }
    if let drainEnds { until = min(until, drainEnds) }
    if board.logLevelEnds != 0 { until = min(until, board.logLevelEnds) }
    if let check = upgrade.check { until = min(until, check.endsBy) }
    let milliseconds = SystemClock.milliseconds(until: until)
    let isReplacing = !replacement.waiting.isEmpty && replacement.leaver == nil
    let isSoon = output.isWaiting || service.isWaiting || upgrade.dueBy != nil || isReplacing
    return Int32(min(milliseconds, isSoon ? 20 : 1000))
  }

  /// Takes away the socket files that this process has made.
  func removeFiles() {
    data.removeFile()
    admin.removeFile()
  }

  // MARK: Workers

  func start(_ slot: WorkerSlot) throws(SystemError) {
    let journal = stock.take(for: slot.index)
    do throws(SystemError) {
      try slot.start(
        settings, data: data.descriptor, admin: admin.descriptor, board: board,
        catalog: store.catalogDescriptor, generation: takeGeneration(), journal: journal)
    } catch {
      if let journal { stock.giveBack(journal, of: slot.index) }
      throw error
    }
    enroll(slot)
    guard let process = slot.running?.process.processID else { return }
    try watch(slot)
    show(slot, process, .starting)
    forgetConfinement(of: slot)
    logger.info(
      "worker_started", metadata: ["worker": "\(slot.index)", "pid": "\(process)"])
  }

  private func takeGeneration() -> UInt64 {
    nextGeneration += 1
    return nextGeneration
  }

  /// Lets the services know of a process.
  private func enroll(_ slot: WorkerSlot) {
    guard let running = slot.running else { return }
    journals.enroll(running.journal)
    keys.enroll(running.keys)
  }

  /// Takes the workers of the release before into their places.
  private func take(over takeover: Takeover) throws(SystemError) {
    upgrade.predecessor = takeover.release
    isServing = true
    if let metrics = takeover.metrics { totals = metrics }
    quarantine.restore(takeover.quarantine)
    for (slot, tree) in takeover.quarantine.prefix(StatusBoard.quarantineSlots).enumerated() {
      board.setQuarantined(tree, in: slot)
    }
    for (slot, process) in zip(slots, takeover.processes) {
      try slot.adopt(process, generation: takeGeneration())
      enroll(slot)
      try watch(slot)
      show(slot, process.processID, .serving)
    }
  }

  /// Shows on the board the process that has come into a place.
  private func show(_ slot: WorkerSlot, _ process: Int32, _ state: WorkerState) {
    var line = StatusBoard.Worker()
    line.processID = UInt64(process)
    line.startMicroseconds = SystemClock.microsecondsSince1970
    line.restarts = slot.restarts
    line.state = state
    board[slot.index] = line
  }

  /// Each is added by its own descriptor; the kernel forgets them with the process's end.
  private func watch(_ slot: WorkerSlot) throws(SystemError) {
    guard let running = slot.running else { return }
    try poller.add(running.process.descriptor, .read, token: Source.process.token(slot.index))
    try poller.add(running.log, .read, token: Source.log.token(slot.index))
    try poller.add(running.control, .read, token: Source.control.token(slot.index))
    try poller.add(running.words, .read, token: Source.words.token(slot.index))
  }

  func readLog(_ slot: WorkerSlot) {
    for _ in 0..<Self.packetsPerTurn {
      guard case .bytes(let count)? = slot.running?.log.read(into: &packet) else { return }
      for line in LogRecord.lines(in: packet[..<count]) {
        if let line {
          output.append(line: line)
        } else {
          logger.warning(
            "log_record_refused", metadata: ["worker": "\(slot.index)", "bytes": "\(count)"])
        }
      }
    }
  }

  /// Takes one message of a worker.
  func handleControl(_ slot: WorkerSlot, byteCount: Int) {
    switch ControlMessage(parsing: packet[..<byteCount]) {
    case .layer(let report) where !slot.isReady: note(report, of: slot)
    case .ready where slot.isLeaving || isConfined(slot): noteReady(slot)
    case .awake: looks.wake(board)
    case .liftQuarantine(let request, let digest): lift(digest, request, of: slot)
    case .askStore(let request, let byteCount):
      askStore(request, byteCount: byteCount, of: slot)
    case .addMetricsUp(let request): addMetricsUp(request, for: slot)
    case .setLogLevel(let request, let change): setLogLevel(change, request, for: slot)
    case .wantDrain(let request): wantDrain(request, for: slot)
    case .layer, .ready, .drain, .handOver, .lifted, .storeAnswered, .done, nil:
      logger.warning(
        "control_message_refused", metadata: ["worker": "\(slot.index)", "bytes": "\(byteCount)"])
    }
  }

  private func noteReady(_ slot: WorkerSlot) {
    // Once; a process that leaves has said so long ago.
    guard !slot.isReady, !slot.isLeaving else { return }
    slot.isReady = true
    if let page = slot.running?.page.metric(MetricsLayout.fingerprint) {
      totals.meet(page, nowMicroseconds: SystemClock.microsecondsSince1970)
    }
    var line = board[slot.index]
    line.state = drainEnds == nil ? .serving : .draining
    board[slot.index] = line
    guard !isServing && slots.allSatisfy(\.isReady) else { return }
    isServing = true
    logConfinement()
    let elapsed = (SystemClock.monotonicNanoseconds - startNanoseconds) / 1_000
    logger.info("ready", metadata: ["elapsed_us": "\(elapsed)"])
    tellReady()
  }

  /// Copies the workers' counters to where all workers see them.
  private func refreshBoard() {
    countSynchronizations()
    for slot in slots {
      guard let counters = slot.running?.page.counters else { continue }
      var line = board[slot.index]
      line.counters = counters
      board[slot.index] = line
    }
  }

  private static func listen(
    _ place: SocketPlace, _ takeover: Takeover.Socket?
  ) throws(StartFailure) -> Listener {
    if let takeover {
      return Listener(
        adopting: takeover.path, descriptor: Descriptor(owning: takeover.descriptor),
        lock: Descriptor(owning: takeover.lock))
    }
    do throws(Listener.Failure) {
      switch place {
      case .bound(let path, let mode, let group):
        return try Listener(binding: path, mode: mode, group: group)
      case .passed(let socket, _): return try Listener(adopting: socket)
      }
    } catch {
      let status: Int32 =
        switch error {
        case .taken: EX_UNAVAILABLE
        case .pathTooLong: EX_USAGE
        case .notASocket, .system: EX_CANTCREAT
        }
      throw StartFailure(description: "\(error)", exitStatus: status)
    }
  }
}
