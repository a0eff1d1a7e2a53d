internal import Glibc

/// A client of raw bytes: a connected Unix stream socket that knows nothing of frames or messages.
///
/// Every wait is bounded; nothing of the product is used, so that a fault there can't hide itself.
public final class RawConnection {
  /// Why a connection could not do what a test asked.
  public enum Failure: Error, CustomStringConvertible {
    case call(String, errno: Int32)
    case timedOut(after: Duration, received: Int)
    case pathTooLong(Int)

    /// One sentence.
    public var description: String {
      switch self {
      case .call(let name, let errno): "\(name): \(String(cString: strerror(errno)))"
      case .timedOut(let after, let received):
        "nothing more within \(after), \(received) bytes came"
      case .pathTooLong(let count): "a socket path of \(count) bytes"
      }
    }
  }

  private let descriptor: Int32

  /// Connects to a socket's path.
  public init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure.call("socket", errno: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Failure.pathTooLong(bytes.count)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    // Closed by deinit, which runs for an object whose initializer throws when it has all it holds.
    guard result == 0 else { throw Failure.call("connect", errno: errno) }
  }

  deinit { close(descriptor) }

  /// Writes all of `bytes`, however long the peer takes to read them, within `timeout`.
  public func send(_ bytes: [UInt8], timeout: Duration = .seconds(10)) throws {
    let deadline = ContinuousClock.now + timeout
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLOUT), until: deadline, received: 0, timeout: timeout)
      } else if errno != EINTR {
        throw Failure.call("send", errno: errno)
      }
    }
  }

  /// Whether bytes are at hand, or the end; they stay there.
  public var hasBytes: Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) > 0
  }

  /// Tells the peer that nothing more will be written.
  public func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Exactly `count` bytes, or fewer when the peer closed before.
  public func receive(_ count: Int, timeout: Duration = .seconds(10)) throws -> [UInt8] {
    let deadline = ContinuousClock.now + timeout
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while received.count < count {
      let wanted = min(chunk.count, count - received.count)
      let read = chunk.withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress, wanted, Int32(MSG_DONTWAIT))
      }
      if read > 0 {
        received += chunk[..<read]
      } else if read == 0 {
        return received
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLIN), until: deadline, received: received.count, timeout: timeout)
      } else if errno == ECONNRESET {
        return received
      } else if errno != EINTR {
        throw Failure.call("recv", errno: errno)
      }
    }
    return received
  }

  /// True once the peer has closed and everything it wrote was read.
  public func isClosed(within timeout: Duration = .seconds(10)) throws -> Bool {
    try receive(1, timeout: timeout).isEmpty
  }

  private func wait(
    for events: Int16, until deadline: ContinuousClock.Instant, received: Int, timeout: Duration
  ) throws {
    let left = deadline - ContinuousClock.now
    guard left > .zero else { throw Failure.timedOut(after: timeout, received: received) }
    var poller = pollfd(fd: descriptor, events: events, revents: 0)
    let milliseconds = left.components.seconds * 1000 + 1
    poll(&poller, 1, Int32(min(milliseconds, 60_000)))
  }
}
