internal import Glibc

/// What receiving a packet came to.
public enum PassedTransfer: ~Copyable {
  /// A packet, and the descriptor that came beside it, not inherited by other programs.
  case packet(byteCount: Int, passed: Descriptor?)
  /// None now; the poller will say when.
  case wouldBlock
  /// The other end is gone.
  case closed
  /// Something else, by its `errno`; `EPROTO` when the peer passed more than one descriptor.
  case failed(Int32)
}

/// A control message of one descriptor, as it lies in memory; cmsg(3).
///
/// Two words of header (length; level and type) and one of data. Room for three words would let the kernel
/// hand over two descriptors, so the length that it is told ends behind the first.
private struct RightsMessage {
  static let headerBytes = 16
  static let byteCount = headerBytes + MemoryLayout<Int32>.size

  var length = Self.byteCount
  var level = Int32(SOL_SOCKET)
  var type = Int32(SCM_RIGHTS)
  var descriptor: Int32 = -1
  var padding: Int32 = 0

  var holdsDescriptor: Bool {
    length == Self.byteCount && level == SOL_SOCKET && type == SCM_RIGHTS
      && descriptor >= 0
  }
}

extension Descriptor {
  /// Sends one packet, and a second descriptor of `passed` beside it; unix(7) `SCM_RIGHTS`.
  ///
  /// - Parameters:
  ///   - bytes: The packet; at least one byte, or nothing would be sent.
  ///   - passed: What the other process gets a descriptor of; this one keeps its own.
  /// - Returns: What it came to; the packet goes whole or not at all.
  public borrowing func send(_ bytes: [UInt8], passing passed: borrowing Descriptor) -> Transfer {
    precondition(!bytes.isEmpty, "a descriptor travels beside a byte at least")
    var rights = RightsMessage()
    rights.descriptor = passed.rawValue
    // Safe: bytes, control message and header are as long as they say, and read during the call only.
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe withUnsafeMutablePointer(to: &rights) { rights in
        var vector = unsafe iovec(
          iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress), iov_len: buffer.count)
        return unsafe withUnsafeMutablePointer(to: &vector) { vector in
          var message = unsafe msghdr()
          unsafe message.msg_iov = vector
          unsafe message.msg_iovlen = 1
          unsafe message.msg_control = UnsafeMutableRawPointer(rights)
          unsafe message.msg_controllen = RightsMessage.byteCount
          while true {
            let count = unsafe sendmsg(
              rawValue, &message, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case EPIPE, ECONNRESET: return .closed
            default: return .failed(errno)
            }
          }
        }
      }
    }
  }

  /// Receives one packet, and the descriptor beside it if there is one.
  ///
  /// - Parameter buffer: Where the packet goes; what does not fit is lost, as with every packet socket.
  /// - Returns: What it came to.
  public borrowing func receivePacket(into buffer: inout [UInt8]) -> PassedTransfer {
    precondition(!buffer.isEmpty, "no room to receive into")
    var rights = RightsMessage()
    rights.length = 0
    var flags: Int32 = 0
    // Safe: buffer and control message are as long as they say, and written during the call only.
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe withUnsafeMutablePointer(to: &rights) { rights in
        var vector = unsafe iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        return unsafe withUnsafeMutablePointer(to: &vector) { vector in
          var message = unsafe msghdr()
          unsafe message.msg_iov = vector
          unsafe message.msg_iovlen = 1
          unsafe message.msg_control = UnsafeMutableRawPointer(rights)
          unsafe message.msg_controllen = RightsMessage.byteCount
          var count: Int
          repeat {
            count = unsafe recvmsg(
              rawValue, &message, Int32(MSG_CMSG_CLOEXEC) | Int32(MSG_DONTWAIT))
          } while count < 0 && errno == EINTR
          flags = unsafe message.msg_flags
          return count
        }
      }
    }
    guard count >= 0 else {
      switch errno {
      case EAGAIN: return .wouldBlock
      case ECONNRESET: return .closed
      default: return .failed(errno)
      }
    }
    let descriptor = rights.holdsDescriptor ? Descriptor(owning: rights.descriptor) : nil
    // The kernel kept back what had no room; the one that had is closed on return.
    if flags & Int32(MSG_CTRUNC) != 0 { return .failed(EPROTO) }
    if count == 0 { return .closed }
    return .packet(byteCount: count, passed: descriptor)
  }
}
