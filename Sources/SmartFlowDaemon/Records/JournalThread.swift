internal import Storage
internal import UnixSocket
internal import WorkerLink

/// Journals at work, beside the keeper's loop: a disk may take its time, the watchdog may not.
final class JournalThread: Sendable {
  /// What passes between the two.
  struct Queue {
    var enrolled: [JournalChannel] = []
    var notices: [JournalNotice] = []
    /// How long the disk took, each time, in nanoseconds.
    var synchronizations: [UInt64] = []
    var ending: Ending?
  }

  /// How the thread is to end.
  enum Ending {
    /// All workers are gone: everything is taken in.
    case last
    /// Another release goes on with the same workers.
    case handedOn
  }

  /// Readable when there is something to tell.
  let told: WakeDescriptor
  private let asked: WakeDescriptor
  private let ended: WakeDescriptor
  private let queue = Locked(Queue())
  private let service: Locked<JournalService>

  /// - Throws: ``SystemError`` when there is no descriptor to spare.
  init(_ room: sending JournalRoom, _ settings: JournalServiceSettings) throws(SystemError) {
    told = try WakeDescriptor()
    asked = try WakeDescriptor()
    ended = try WakeDescriptor()
    service = Locked(try JournalService(room, settings))
  }

  /// Begins.
  ///
  /// - Throws: ``SystemError`` when there is no thread to spare, or nothing to wait by.
  func start() throws(SystemError) {
    try service.withLock { service throws(SystemError) in try service.watch(asked) }
    try SystemThread.start { [self] in
      service.withLock { $0.run(queue, asked: asked, told: told) }
      ended.wake()
    }
  }

  /// Gives a worker a journal, and sees to it from then on.
  func enroll(_ channel: JournalChannel) {
    queue.withLock { $0.enrolled.append(channel) }
    asked.wake()
  }

  /// Ends the thread once what was asked is done.
  ///
  /// - Returns: Whether it has ended in time.
  func end(_ ending: Ending) -> Bool {
    queue.withLock { $0.ending = ending }
    asked.wake()
    return ended.wait(milliseconds: JournalServiceLimits.endMilliseconds)
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
