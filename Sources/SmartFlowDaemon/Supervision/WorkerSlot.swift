internal import UnixSocket
internal import WorkerLink

/// One worker's place: the process in it, if there is one, and what is to become of it.
final class WorkerSlot {
  /// A process that lives, and our ends of what leads to it.
  struct Running: ~Copyable {
    let process: ChildProcess
    let log: Descriptor
    let control: Descriptor
    let page: WorkerPage
    let startNanoseconds: UInt64
  }

  let index: Int
  var running: Running?
  var restarts: UInt64 = 0
  var backoff = Backoff()
  /// When to start it again, on the monotonic clock.
  var startAt: UInt64?
  var isReady = false
  var confinement: SlotConfinement

  init(index: Int, leftOff: Set<ConfinementLayer>) {
    self.index = index
    confinement = SlotConfinement(leftOff: leftOff)
  }

  /// Starts a process with the descriptors of ``InheritedDescriptor``, in their order.
  func start(
    _ settings: DaemonSettings, data: borrowing Descriptor, admin: borrowing Descriptor,
    board: borrowing StatusBoard
  ) throws(SystemError) {
    var launch = settings.launch
    launch.workerIndex = index
    let log = try Descriptor.pair(packets: true)
    let control = try Descriptor.pair(packets: true)
    let page = try WorkerPage()
    // Above those that the process will have, so that none is overwritten before it was passed on.
    let lowest: Int32 = 64
    let inherited = [
      try data.duplicate(atLeast: lowest).release(),
      try admin.duplicate(atLeast: lowest).release(),
      try log.second.duplicate(atLeast: lowest).release(),
      try control.second.duplicate(atLeast: lowest).release(),
      try Descriptor.duplicate(board.rawDescriptor).raised(to: lowest).release(),
      try Descriptor.duplicate(page.rawDescriptor).raised(to: lowest).release(),
    ]
    // They were released only to be counted up; here they have an owner again.
    defer { for number in inherited { _ = Descriptor(owning: number) } }
    try log.first.setNonBlocking()
    try control.first.setNonBlocking()
    let process = try ChildProcess(
      starting: settings.workerPath, arguments: ["smartflow-worker"] + launch.arguments,
      descriptors: inherited)
    running = try Running(
      process: process, log: log.first.duplicate(), control: control.first.duplicate(),
      page: page, startNanoseconds: SystemClock.monotonicNanoseconds)
    startAt = nil
    isReady = false
    confinement.forget()
  }
}

extension Descriptor {
  /// The same file under a number of at least `lowest`.
  fileprivate consuming func raised(to lowest: Int32) throws(SystemError) -> Descriptor {
    try duplicate(atLeast: lowest)
  }
}
