internal import CLinux
internal import Glibc

/// A process of which somebody wants to know when it ends, be it a child or not.
public final class WatchedProcess: Sendable {
  private let descriptor: Descriptor

  /// Takes hold of a process.
  ///
  /// - Throws: ``SystemError`` when there is none of this number, or the kernel has no pidfd_open(2).
  public init(_ processID: Int32) throws(SystemError) {
    let pidfd = clinux_pidfd_open(processID)
    guard pidfd >= 0 else { throw SystemError("pidfd_open", "\(processID)") }
    descriptor = Descriptor(owning: pidfd)
  }

  /// Waits for its end.
  ///
  /// - Returns: Whether it has come within the time.
  public func hasEnded(withinMilliseconds limit: Int32) -> Bool {
    let end = SystemClock.monotonicNanoseconds + UInt64(max(0, limit)) * 1_000_000
    while true {
      let now = SystemClock.monotonicNanoseconds
      let left = end > now ? Int32(clamping: (end - now) / 1_000_000 + 1) : 0
      var watched = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
      // Safe: one structure, used during the call only.
      let count = unsafe poll(&watched, 1, left)
      if count > 0 { return true }
      if left == 0 || (count < 0 && errno != EINTR) { return false }
    }
  }
}
