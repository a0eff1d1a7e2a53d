internal import UnixSocket

/// What a service waits for: that something is asked of it, that a worker says something, or a time.
///
/// A class, though one thread has it: a protocol can't ask for a property that can't be copied.
final class ServicePoller {
  private var poller: Poller
  private var lastToken = wakeToken
  private var watched: Set<Int32> = []

  private static let wakeToken: UInt64 = 0

  /// - Throws: ``SystemError`` when there is nothing to wait by.
  init() throws(SystemError) { poller = try Poller() }

  /// Wakes when `wake` does; said again, it changes nothing.
  func watch(_ wake: borrowing WakeDescriptor) throws(SystemError) {
    guard watched.insert(wake.descriptor.rawValue).inserted else { return }
    try poller.add(wake.descriptor, .read, token: Self.wakeToken)
  }

  /// A number for the channel of a worker that comes.
  func nextToken() -> UInt64 {
    lastToken += 1
    return lastToken
  }

  /// Wakes when a worker says something.
  func add(_ channel: WorkerChannel, token: UInt64) throws(SystemError) {
    try channel.descriptor.setNonBlocking()
    try poller.add(channel.descriptor, .read, token: token)
  }

  /// Ends that.
  func remove(_ channel: WorkerChannel) throws(SystemError) {
    try poller.remove(channel.descriptor)
  }

  /// Waits, until a time on the monotonic clock at the latest.
  func wait(until time: UInt64) throws(SystemError) {
    let left = time == .max ? -1 : Int32(clamping: SystemClock.milliseconds(until: time))
    _ = try poller.wait(milliseconds: left)
  }
}
