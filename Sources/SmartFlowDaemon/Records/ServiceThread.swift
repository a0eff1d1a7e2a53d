internal import Storage
internal import UnixSocket

/// What works for workers on a thread of its own, beside the keeper's loop: a disk may take its time, the watchdog may
/// not.
protocol WorkerService: AnyObject, SendableMetatype {
  /// What it waits by.
  var poller: ServicePoller { get }
  /// Until when it waits at the latest, on the monotonic clock.
  var waitsUntil: UInt64 { get }
  /// Takes a worker in, by the number that the poller knows its channel by.
  func enroll(_ channel: WorkerChannel, as token: UInt64)
  /// Notes that the system has refused something.
  func fail(_ what: String, _ error: any Error)
  /// Does what there is to do.
  ///
  /// - Parameters:
  ///   - settled: Processes that have ended, and whose records are all taken up.
  ///   - ending: How it is to end, if it is.
  /// - Returns: Whether it may end.
  func work(settled: [UInt64], ending: ServiceEnding?) -> Bool
  /// What there is to tell since the last time.
  func takeNotices() -> [JournalNotice]
  /// How long the disk took each time since the last time, in nanoseconds.
  func takeSynchronizations() -> [UInt64]
}

extension WorkerService {
  /// Waits until there is something to do.
  fileprivate func wait() {
    do throws(SystemError) {
      try poller.wait(until: waitsUntil)
    } catch {
      fail("epoll_wait", error)
    }
  }

  fileprivate func enroll(_ channel: WorkerChannel) {
    let token = poller.nextToken()
    do throws(SystemError) {
      try poller.add(channel, token: token)
    } catch {
      // It is heard whenever another one wakes the thread.
      fail("a worker's channel", error)
    }
    enroll(channel, as: token)
  }

  /// Waits for a worker no more that is gone.
  func remove(_ channel: WorkerChannel) {
    do throws(SystemError) {
      try poller.remove(channel)
    } catch {
      fail("a worker's channel", error)
    }
  }
}

/// How a service is to end.
enum ServiceEnding: Sendable {
  /// All workers are gone: what is left is done.
  case last
  /// Another release goes on with the same workers.
  case handedOn
}

/// A service at work.
final class ServiceThread<Service: WorkerService>: Sendable {
  private struct Queue {
    var enrolled: [WorkerChannel] = []
    var settled: [UInt64] = []
    var notices: [JournalNotice] = []
    var synchronizations: [UInt64] = []
    var ending: ServiceEnding?
  }

  /// Readable when there is something to tell.
  let told: WakeDescriptor
  private let asked: WakeDescriptor
  private let ended: WakeDescriptor
  private let queue = Locked(Queue())
  private let service: Locked<Service>

  /// - Throws: ``SystemError`` when there is no descriptor to spare.
  init(_ service: sending Service) throws(SystemError) {
    told = try WakeDescriptor()
    asked = try WakeDescriptor()
    ended = try WakeDescriptor()
    self.service = Locked(service)
  }

  /// Begins.
  ///
  /// - Throws: ``SystemError`` when there is no thread to spare, or nothing to wait by.
  func start() throws(SystemError) {
    try service.withLock { service throws(SystemError) in try service.poller.watch(asked) }
    try SystemThread.start { [self] in
      service.withLock { service in while !turn(service) {} }
      ended.wake()
    }
  }

  /// - Returns: Whether it has ended.
  private func turn(_ service: Service) -> Bool {
    service.wait()
    asked.clear()
    let (enrolled, settled, ending) = queue.withLock { queue in
      defer {
        queue.enrolled.removeAll()
        queue.settled.removeAll()
      }
      return (queue.enrolled, queue.settled, queue.ending)
    }
    for channel in enrolled { service.enroll(channel) }
    let mayEnd = service.work(settled: settled, ending: ending)
    let notices = service.takeNotices()
    let synchronizations = service.takeSynchronizations()
    let hasEnded = queue.withLock { queue in
      if queue.notices.count < ServiceLimits.notices { queue.notices += notices }
      queue.synchronizations += synchronizations
      // Not where it was given up meanwhile.
      guard mayEnd, queue.ending != nil else { return false }
      queue.ending = nil
      return true
    }
    // How long the disk took is asked for; only what is to be told wakes.
    if !notices.isEmpty { told.wake() }
    return hasEnded
  }

  /// Takes a worker in.
  func enroll(_ channel: WorkerChannel) {
    queue.withLock { $0.enrolled.append(channel) }
    asked.wake()
  }

  /// Tells that a process has ended, and all its records are taken up.
  func settle(_ generation: UInt64) {
    queue.withLock { $0.settled.append(generation) }
    asked.wake()
  }

  /// Ends the service once what was asked is done.
  ///
  /// - Returns: Whether it has ended in time; if not, it goes on.
  func end(_ ending: ServiceEnding, within milliseconds: Int32) -> Bool {
    queue.withLock { $0.ending = ending }
    asked.wake()
    if ended.wait(milliseconds: milliseconds) { return true }
    // It may have ended at this very moment.
    let hasEnded = queue.withLock { queue in
      defer { queue.ending = nil }
      return queue.ending == nil
    }
    if hasEnded { ended.wait() }
    return hasEnded
  }

  /// Lends the service, whose thread has ended.
  func withService<Result: Sendable>(_ body: (Service) -> Result) -> Result {
    service.withLock { body($0) }
  }

  /// What there is to tell since the last time.
  func takeNotices() -> [JournalNotice] {
    told.clear()
    return queue.withLock { queue in
      defer { queue.notices.removeAll() }
      return queue.notices
    }
  }

  /// How long the disk took each time since the last call, in nanoseconds.
  func takeSynchronizations() -> [UInt64] {
    queue.withLock { queue in
      defer { queue.synchronizations.removeAll(keepingCapacity: true) }
      return queue.synchronizations
    }
  }
}
