internal import Glibc

/// A file descriptor that somebody owns, and closes when it ends.
public struct Descriptor: ~Copyable, Sendable {
  /// The number; valid as long as the owner lives.
  public let rawValue: Int32

  /// Takes over a descriptor that nobody else closes.
  public init(owning rawValue: Int32) { self.rawValue = rawValue }

  deinit { close(rawValue) }

  /// Ends the ownership without closing.
  public consuming func release() -> Int32 {
    let rawValue = rawValue
    discard self
    return rawValue
  }

  /// What reading or writing came to.
  public enum Transfer: Equatable, Sendable {
    /// So many bytes went over, at least one.
    case bytes(Int)
    /// None now; the poller will say when.
    case wouldBlock
    /// The other end is gone.
    case closed
    /// Something else, by its `errno`.
    case failed(Int32)
  }

  /// Reads into `buffer` from `offset` on, as far as it goes.
  public borrowing func read(into buffer: inout [UInt8], from offset: Int = 0) -> Transfer {
    precondition(offset >= 0 && offset < buffer.count, "no room to read into")
    while true {
      // Safe: the range lies inside the buffer, which is used during the call only.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(rawValue, $0.baseAddress?.advanced(by: offset), $0.count - offset)
      }
      if count > 0 { return .bytes(count) }
      if count == 0 { return .closed }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      case ECONNRESET: return .closed
      default: return .failed(errno)
      }
    }
  }

  /// Sends `bytes` from `offset` on over a socket, as far as it takes them; never raises a signal.
  public borrowing func send(_ bytes: [UInt8], from offset: Int = 0) -> Transfer {
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe send(UnsafeRawBufferPointer(rebasing: buffer[offset...]))
    }
  }

  /// Sends all of one message over a socket of packets.
  public borrowing func sendPacket(_ bytes: RawSpan) -> Transfer {
    unsafe bytes.withUnsafeBytes { unsafe send($0) }
  }

  private borrowing func send(_ buffer: UnsafeRawBufferPointer) -> Transfer {
    while true {
      // Safe: the buffer is as long as it says, and is read during the call only.
      let count = unsafe Glibc.send(
        rawValue, buffer.baseAddress, buffer.count,
        Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      if count >= 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      case EPIPE, ECONNRESET: return .closed
      default: return .failed(errno)
      }
    }
  }

  /// Ends a connection both ways, for everybody who holds it.
  public borrowing func shutDown() { shutdown(rawValue, Int32(SHUT_RDWR)) }

  /// The path and the permission bits of a bound socket's file.
  ///
  /// - Returns: An empty path for a socket without one, and no bits where the file is gone: somebody has
  ///   removed it, or it lies in a file system that this process does not see.
  /// - Throws: ``SystemError`` when the kernel does not say.
  public borrowing func socketFile() throws(SystemError) -> (path: String, mode: UInt32) {
    var address = sockaddr_un()
    var byteCount = socklen_t(MemoryLayout<sockaddr_un>.size)
    // Safe: the address is as long as it says, and written during the call only.
    let result = unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(rawValue, $0, &byteCount)
      }
    }
    guard result == 0 else { throw SystemError("getsockname") }
    let path = unsafe withUnsafeBytes(of: &address.sun_path) {
      unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard !path.isEmpty else { return ("", 0) }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR || errno == EACCES { return (path, 0) }
      throw SystemError("stat", path)
    }
    return (path, UInt32(status.st_mode & 0o7777))
  }

  /// Makes reading and writing return at once rather than wait.
  public borrowing func setNonBlocking() throws(SystemError) {
    let flags = fcntl(rawValue, F_GETFL)
    guard flags >= 0, fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) == 0 else {
      throw SystemError("fcntl")
    }
  }

  /// Whether a program that this one starts gets the descriptor too.
  public borrowing func setInherited(_ isInherited: Bool) throws(SystemError) {
    try Self.setInherited(rawValue, isInherited)
  }

  /// The same of a descriptor that is known by its number only.
  public static func setInherited(_ number: Int32, _ isInherited: Bool) throws(SystemError) {
    guard fcntl(number, F_SETFD, isInherited ? 0 : FD_CLOEXEC) == 0 else {
      throw SystemError("fcntl")
    }
  }

  /// A second descriptor of the same file, not inherited by other programs.
  public borrowing func duplicate() throws(SystemError) -> Descriptor {
    let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SystemError("fcntl") }
    return Descriptor(owning: copy)
  }

  /// Two ends of a connected pair of stream sockets or, when `packets`, of packet sockets.
  public static func pair(packets: Bool = false) throws(SystemError) -> DescriptorPair {
    var ends: [2 of Int32] = [-1, -1]
    let type = packets ? SOCK_SEQPACKET : SOCK_STREAM
    // Safe: the two descriptors are written during the call only.
    let result = unsafe withUnsafeMutablePointer(to: &ends) {
      unsafe $0.withMemoryRebound(to: Int32.self, capacity: 2) {
        unsafe socketpair(
          AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, $0)
      }
    }
    guard result == 0 else { throw SystemError("socketpair") }
    return DescriptorPair(first: Descriptor(owning: ends[0]), second: Descriptor(owning: ends[1]))
  }
}

/// The two ends of a connected pair.
public struct DescriptorPair: ~Copyable {
  /// One end.
  public var first: Descriptor
  /// The other end.
  public var second: Descriptor
}

extension Descriptor {
  /// A second descriptor of the same file with a number of at least `lowest`, not inherited.
  public borrowing func duplicate(atLeast lowest: Int32) throws(SystemError) -> Descriptor {
    let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, lowest)
    guard copy >= 0 else { throw SystemError("fcntl") }
    return Descriptor(owning: copy)
  }

  /// A second descriptor of a file that is known by its number only.
  public static func duplicate(_ number: Int32) throws(SystemError) -> Descriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SystemError("fcntl") }
    return Descriptor(owning: copy)
  }
}
