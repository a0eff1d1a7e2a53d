internal import Journal
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// One worker's place: the process in it, if there is one, and what is to become of it.
final class WorkerSlot {
  /// A process that lives, and our ends of what leads to it.
  ///
  /// A class: of an optional structure that can't be copied and holds a pointer, Swift 6.3 without optimization
  /// takes one that was taken out (``Optional/take()``) for one that is still there, and reads through nothing.
  final class Running {
    let process: ChildProcess
    let log: Descriptor
    let control: Descriptor
    /// The other end of its standard error.
    let words: Descriptor
    let page: WorkerPage
    /// `nil` of a process that the release before has started.
    let desk: Desk?
    let journal: WorkerChannel
    let keys: WorkerChannel
    let startNanoseconds: UInt64

    init(
      process: consuming ChildProcess, log: consuming Descriptor, control: consuming Descriptor,
      words: consuming Descriptor, page: consuming WorkerPage, desk: Desk?,
      journal: WorkerChannel, keys: WorkerChannel, startNanoseconds: UInt64
    ) {
      self.process = process
      self.log = log
      self.control = control
      self.words = words
      self.page = page
      self.desk = desk
      self.journal = journal
      self.keys = keys
      self.startNanoseconds = startNanoseconds
    }
  }

  let index: Int
  /// What the poller calls it: its index, or a number of its own once another process has taken its place.
  let number: Int
  /// Whether another process has taken its place, or will; it passes its connections on and ends.
  var isLeaving: Bool { number != index }
  var running: Running?
  var restarts: UInt64 = 0
  var backoff = Backoff()
  /// When to start it again, on the monotonic clock.
  var startAt: UInt64?
  var isReady = false
  /// Whether the release before has started the process: it sees another board, and can wake nobody.
  var isAdopted = false
  var confinement: SlotConfinement
  /// The last that it said on standard error, such as the language's own words at a crash.
  private(set) var lastWords: [UInt8] = []
  var watchdog: Watchdog
  /// Why the watchdog has sent the process SIGKILL, once it has.
  var hang: Watchdog.Hang?
  /// When to look whether a signal that stopped the process has been taken back.
  var checkStopAt: UInt64?

  /// Connections on their way here from the process that leaves, which the channel had no room for.
  var arriving: [ArrivingConnection] = []
  /// Of a process that leaves: whether it was told that its place is taken, and when it has to be gone.
  var leavesBy: UInt64?

  init(index: Int, maximumTimeoutNanoseconds: UInt64, leftOff: Set<ConfinementLayer>) {
    self.index = index
    number = index
    confinement = SlotConfinement(leftOff: leftOff)
    watchdog = Watchdog(maximumTimeoutNanoseconds: maximumTimeoutNanoseconds)
  }

  /// Takes the process out of a place that another one is to take.
  init(leaving slot: WorkerSlot, number: Int) {
    index = slot.index
    self.number = number
    running = slot.running.take()
    isReady = slot.isReady
    isAdopted = slot.isAdopted
    confinement = slot.confinement
    lastWords = slot.lastWords
    watchdog = slot.watchdog
    hang = slot.hang
    checkStopAt = slot.checkStopAt
    slot.isReady = false
    slot.hang = nil
    slot.checkStopAt = nil
  }

  /// Starts a process with the descriptors of ``InheritedDescriptor``, in their order.
  func start(
    _ settings: DaemonSettings, data: borrowing Descriptor, admin: borrowing Descriptor,
    board: borrowing StatusBoard, catalog: Int32, generation: UInt64, journal: NewJournal?
  ) throws(SystemError) {
    var launch = settings.launch
    launch.workerIndex = index
    let log = try Descriptor.pair(packets: true)
    let control = try Descriptor.pair(packets: true)
    let words = try Descriptor.pair()
    let page = try WorkerPage()
    let desk = try Desk()
    let records = try Descriptor.pair(packets: true)
    try Self.hand(journal, over: records.first)
    let keys = try Descriptor.pair(packets: true)
    let lowest = SupervisionLimits.lowestInherited
    let standardError = try words.second.duplicate(atLeast: lowest)
    let inherited = [
      try data.duplicate(atLeast: lowest).release(),
      try admin.duplicate(atLeast: lowest).release(),
      try log.second.duplicate(atLeast: lowest).release(),
      try control.second.duplicate(atLeast: lowest).release(),
      try Descriptor.duplicate(board.rawDescriptor).raised(to: lowest).release(),
      try Descriptor.duplicate(page.rawDescriptor).raised(to: lowest).release(),
      try desk.duplicate(atLeast: lowest).release(),
      try Descriptor.duplicate(catalog).raised(to: lowest).release(),
      try records.second.duplicate(atLeast: lowest).release(),
      try keys.second.duplicate(atLeast: lowest).release(),
    ]
    // They were released only to be counted up; here they have an owner again.
    defer { for number in inherited { _ = Descriptor(owning: number) } }
    try log.first.setNonBlocking()
    try control.first.setNonBlocking()
    // Both ends: a worker does not wait for a keeper that is slow to read.
    try words.first.setNonBlocking()
    try words.second.setNonBlocking()
    let process = try ChildProcess(
      starting: settings.workerPath, arguments: ["smartflow-worker"] + launch.arguments,
      descriptors: inherited, standardError: standardError.rawValue)
    running = try Running(
      process: process, log: log.first.duplicate(), control: control.first.duplicate(),
      words: words.first.duplicate(), page: page, desk: desk,
      journal: WorkerChannel(
        records.first.duplicate(), workerIndex: index, generation: generation,
        journal: journal?.id),
      keys: WorkerChannel(keys.first.duplicate(), workerIndex: index, generation: generation),
      startNanoseconds: SystemClock.monotonicNanoseconds)
    startAt = nil
    isReady = false
    isAdopted = false
    confinement.forget()
    lastWords = []
    // A reload may have changed the longest deadline.
    watchdog = Watchdog(maximumTimeoutNanoseconds: launch.maximumTimeoutNanoseconds)
    hang = nil
    checkStopAt = nil
  }

  /// Leaves a journal, or word that there is none yet, where a process finds it first.
  private static func hand(
    _ journal: NewJournal?, over channel: borrowing Descriptor
  ) throws(SystemError) {
    let sent =
      if let journal {
        channel.send(JournalMessage.journal(id: journal.id.bytes).bytes, passing: journal.file)
      } else {
        // Safe: bytes of any content are bytes.
        unsafe channel.sendPacket(JournalMessage.noJournal.bytes.span.bytes)
      }
    if case .failed(let code) = sent { throw SystemError(call: "sendmsg", code: code) }
  }

  /// Reads what the process says on standard error, and keeps the end of it.
  ///
  /// It is text for people and may be anything.
  ///
  /// - Returns: Whether there may be more.
  func readWords() -> Bool {
    var chunk = [UInt8](repeating: 0, count: SupervisionLimits.lastWordsBytes)
    guard case .bytes(let count)? = running?.words.read(into: &chunk) else { return false }
    lastWords = (lastWords + chunk[..<count]).suffix(SupervisionLimits.lastWordsBytes)
    return true
  }
}

extension Descriptor {
  /// The same file under a number of at least `lowest`.
  fileprivate consuming func raised(to lowest: Int32) throws(SystemError) -> Descriptor {
    try duplicate(atLeast: lowest)
  }
}
