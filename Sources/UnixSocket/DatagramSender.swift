internal import Glibc

/// Sends datagrams to a Unix socket that somebody else has bound, as those of sd_notify(3).
public final class DatagramSender: Sendable {
  private let descriptor: Descriptor
  private let receiver: Endpoint

  /// Makes a socket to send from; nobody need be there yet.
  public init(to receiver: Endpoint) throws(SystemError) {
    let socket = Glibc.socket(
      AF_UNIX,
      Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
      0)
    guard socket >= 0 else { throw SystemError("socket") }
    descriptor = Descriptor(owning: socket)
    self.receiver = receiver
  }

  /// Sends one datagram, whole or not at all.
  ///
  /// The receiver is looked up each time, since it may have been bound anew.
  ///
  /// - Returns: Whether it went; when not, the receiver has no room now.
  /// - Throws: ``SystemError`` when there is no receiver, or the kernel refuses.
  public func send(_ bytes: [UInt8]) throws(SystemError) -> Bool {
    while true {
      // Safe: bytes and address are as long as they say, and read during the call only.
      let count = unsafe try receiver.withAddress { address, byteCount in
        unsafe bytes.withUnsafeBytes { buffer in
          unsafe sendto(
            descriptor.rawValue, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL), address,
            byteCount)
        }
      }
      if count >= 0 { return true }
      switch errno {
      case EINTR: continue
      case EAGAIN, ENOBUFS: return false
      default: throw SystemError("sendto", receiver.description)
      }
    }
  }
}
