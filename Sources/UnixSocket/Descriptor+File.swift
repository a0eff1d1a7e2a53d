internal import Glibc

extension Descriptor {
  /// What a file is opened for.
  ///
  /// Nobody who gets a descriptor for appending can read by it, map it, or write anywhere but at the end.
  public enum Opening: Equatable, Sendable {
    /// Reading a file that is there.
    case read
    /// Writing at the end of a file that is there.
    case append
    /// Writing at the end of a file that must not be there yet, with these permission bits.
    case create(mode: UInt32)
    /// Reading and writing a file, which is made with these permission bits where it is missing.
    case update(mode: UInt32)
  }

  /// Opens a file that no other program inherits; a symbolic link is refused.
  ///
  /// - Throws: ``SystemError`` with the path.
  public static func open(_ path: String, _ opening: Opening) throws(SystemError) -> Descriptor {
    let always = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY
    // Safe: the path's text is read during the call only.
    let number =
      switch opening {
      case .read: unsafe Glibc.open(path, O_RDONLY | always)
      case .append: unsafe Glibc.open(path, O_WRONLY | O_APPEND | always)
      case .create(let mode):
        unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | always, mode_t(mode))
      case .update(let mode):
        unsafe Glibc.open(path, O_RDWR | O_CREAT | always, mode_t(mode))
      }
    guard number >= 0 else { throw SystemError("open", path) }
    return Descriptor(owning: number)
  }

  /// Writes `bytes` with one call, as far as the file takes them.
  public borrowing func write(_ bytes: RawSpan) -> Transfer {
    unsafe bytes.withUnsafeBytes { buffer in
      while true {
        // Safe: the buffer is as long as it says, and is read during the call only.
        let count = unsafe Glibc.write(rawValue, buffer.baseAddress, buffer.count)
        if count >= 0 { return .bytes(count) }
        switch errno {
        case EINTR: continue
        case EAGAIN: return .wouldBlock
        default: return .failed(errno)
        }
      }
    }
  }

  /// Writes all of `bytes`.
  ///
  /// - Throws: ``SystemError`` when the file takes no more; some of them may be in it.
  public borrowing func writeAll(_ bytes: [UInt8]) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      switch unsafe write(bytes.span.bytes.extracting(written..<bytes.count)) {
      case .bytes(let count): written += count
      case .failed(let code): throw SystemError(call: "write", code: code)
      case .wouldBlock, .closed: throw SystemError(call: "write", code: EAGAIN)
      }
    }
  }

  /// Appends what stands in the file from `offset` on to `buffer`, at most `count` bytes.
  ///
  /// - Returns: How many were there; fewer than `count` at the file's end only.
  /// - Throws: ``SystemError`` when it can't be read.
  @discardableResult
  public borrowing func read(
    at offset: UInt64, count: Int, into buffer: inout [UInt8]
  ) throws(SystemError) -> Int {
    var failure: SystemError?
    // Safe: the memory has `count` bytes, of which those that the kernel wrote are said to be initialized.
    let fresh = unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
      while filled < count {
        let got = unsafe pread(
          rawValue, memory.baseAddress?.advanced(by: filled), count - filled,
          off_t(offset) + off_t(filled))
        if got == 0 { break }
        if got > 0 {
          filled += got
        } else if errno != EINTR {
          failure = SystemError("pread")
          break
        }
      }
    }
    if let failure { throw failure }
    buffer += fresh
    return fresh.count
  }

  /// The file's length in bytes, its permission bits, whose it is, and how many names it has.
  public borrowing func fileStatus() throws(SystemError) -> FileStatus {
    var status = stat()
    // Safe: the structure is written during the call only.
    guard unsafe fstat(rawValue, &status) == 0 else { throw SystemError("fstat") }
    return FileStatus(
      byteCount: UInt64(status.st_size), mode: UInt32(status.st_mode & 0o7777),
      user: status.st_uid, isRegular: status.st_mode & S_IFMT == S_IFREG,
      links: UInt64(status.st_nlink))
  }

  /// Cuts the file to so many bytes.
  public borrowing func truncate(to byteCount: UInt64) throws(SystemError) {
    while ftruncate(rawValue, off_t(byteCount)) != 0 {
      guard errno == EINTR else { throw SystemError("ftruncate") }
    }
  }

  /// Waits until what was written would outlast a power cut.
  public borrowing func synchronize() throws(SystemError) {
    while fsync(rawValue) != 0 {
      guard errno == EINTR else { throw SystemError("fsync") }
    }
  }

  /// Takes the file for this holder alone, until the descriptor is closed.
  ///
  /// - Returns: Whether nobody else had it.
  /// - Throws: ``SystemError`` when the kernel can't say.
  public borrowing func lock() throws(SystemError) -> Bool {
    while flock(rawValue, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      guard errno == EINTR else { throw SystemError("flock") }
    }
    return true
  }
}

/// What the kernel says of a file.
public struct FileStatus: Equatable, Sendable {
  /// Its length.
  public var byteCount: UInt64
  /// Its permission bits.
  public var mode: UInt32
  /// Its owner.
  public var user: UInt32
  /// Whether it is a file, and no folder, socket or device.
  public var isRegular: Bool
  /// How many names it has; none once it was removed.
  public var links: UInt64
}
