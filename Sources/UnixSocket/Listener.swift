internal import CLinux
internal import Glibc

/// A listening socket file that belongs to this process alone, or one that was passed to it.
///
/// A lock file beside its own decides between two that want the same path: it is held as long as the
/// listener lives, and the kernel lets go of it when the process dies in whatever way. One that was passed
/// belongs to whoever bound it: there is no lock, and the file is left alone.
public struct Listener: ~Copyable {
  /// Why a socket can't be listened on.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process serves there.
    case taken(path: String)
    /// The path is something else than a socket.
    case notASocket(path: String)
    /// The path does not fit into a socket's address.
    case pathTooLong(byteCount: Int, path: String)
    /// The kernel refused.
    case system(SystemError)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .taken(let path):
        "socket `\(path)` is served by another process; stop that one, or choose another path"
      case .notASocket(let path):
        "`\(path)` is there and is not a socket; move it away, or choose another path"
      case .pathTooLong(let byteCount, let path):
        "socket path `\(path)` has \(byteCount) bytes and a socket's address holds "
          + "\(Endpoint.longestName); choose a shorter one"
      case .system(let error): "\(error)\(Self.remedy(for: error.code))"
      }
    }

    private static func remedy(for code: Int32) -> String {
      switch code {
      case ENOENT, ENOTDIR: "; make the folder first, or choose another path"
      case EACCES, EPERM, EROFS: "; choose a folder that this user may write to"
      case EINVAL: "; give the path of a file"
      case ENOSPC, EDQUOT: "; make room on the file system"
      default: ""
      }
    }
  }

  /// The socket's path; empty for one that was passed and has none.
  public let path: String
  /// The listening socket.
  public let descriptor: Descriptor
  private let lock: Descriptor?
  /// The file to be taken away at the end; `nil` where it is not this process's.
  private let file: FileIdentity?

  /// Which file a path leads to.
  private struct FileIdentity: Equatable {
    var device: dev_t
    var number: ino_t

    init?(_ path: String) {
      var status = stat()
      // Safe: path and structure are used during the call only.
      guard unsafe lstat(path, &status) == 0 else { return nil }
      device = status.st_dev
      number = status.st_ino
    }
  }

  /// Binds and listens.
  ///
  /// The file is made without any rights, and gets them once its group is right: there is no moment at which
  /// it has wider ones. Linux makes the file with the socket's own mode, so `fchmod` before `bind` does what
  /// a umask would, and leaves other threads alone, which a umask, being the process's, does not.
  ///
  /// - Parameters:
  ///   - path: Where; a stale socket there is replaced.
  ///   - mode: Permission bits of the file.
  ///   - group: Whom the file's group is to be, or `nil` for the process's own.
  ///   - backlog: Connections that wait to be accepted.
  /// - Throws: ``Failure`` when the path is taken or can't be.
  public init(
    binding path: String, mode: UInt32 = 0o660, group: UInt32? = nil, backlog: Int32 = 1024
  ) throws(Failure) {
    guard path.utf8.count <= Endpoint.longestName else {
      throw .pathTooLong(byteCount: path.utf8.count, path: path)
    }
    // An empty path would bind an abstract name, and a zero byte would end the path early.
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .system(SystemError(call: "bind", code: EINVAL, subject: path))
    }
    let lock = try Self.lock(path)
    do throws(SystemError) {
      try Self.removeStale(path)
      let socket = Glibc.socket(
        AF_UNIX,
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
        0)
      guard socket >= 0 else { throw SystemError("socket") }
      let descriptor = Descriptor(owning: socket)
      guard fchmod(socket, 0) == 0 else { throw SystemError("fchmod", path) }
      // Safe: the address is read during the call only.
      let result = unsafe try Endpoint.path(path).withAddress { unsafe bind(socket, $0, $1) }
      guard result == 0 else { throw SystemError("bind", path) }
      do throws(SystemError) {
        file = try Self.open(socket, path, mode: mode, group: group, backlog: backlog)
      } catch {
        // Safe: the path is read during the call only; the file is the one just bound.
        unsafe unlink(path)
        throw error
      }
      self.path = path
      self.descriptor = descriptor
      self.lock = consume lock
    } catch {
      if error.code == EADDRINUSE { throw .taken(path: path) }
      if error.code == ENOTSOCK { throw .notASocket(path: path) }
      throw .system(error)
    }
  }

  /// Takes over a socket that was passed, and that nobody else in this process closes.
  ///
  /// - Throws: ``Failure`` when the kernel refuses.
  public init(adopting passed: PassedSocket) throws(Failure) {
    let descriptor = Descriptor(owning: passed.number)
    do throws(SystemError) {
      try descriptor.setNonBlocking()
      path = try descriptor.socketFile().path
    } catch {
      throw .system(error)
    }
    self.descriptor = descriptor
    lock = nil
    file = nil
  }

  /// Takes over a socket that the program before has bound in this process, with its lock.
  public init(adopting path: String, descriptor: consuming Descriptor, lock: consuming Descriptor) {
    self.path = path
    self.descriptor = descriptor
    self.lock = consume lock
    file = FileIdentity(path)
  }

  /// The lock's descriptor; `nil` of a socket that was passed, which needs none.
  public var lockDescriptor: Int32? {
    switch lock {
    case .some(let lock): lock.rawValue
    case .none: nil
    }
  }

  /// Gives a bound socket its rights, and then lets connections in.
  private static func open(
    _ socket: Int32, _ path: String, mode: UInt32, group: UInt32?, backlog: Int32
  ) throws(SystemError) -> FileIdentity {
    if let group {
      // Safe: the path is read during the call only, here and below.
      guard unsafe chown(path, uid_t.max, group) == 0 else { throw SystemError("chown", path) }
    }
    guard unsafe chmod(path, mode) == 0 else { throw SystemError("chmod", path) }
    guard listen(socket, backlog) == 0 else { throw SystemError("listen", path) }
    guard let file = FileIdentity(path) else { throw SystemError("stat", path) }
    return file
  }

  /// Takes the socket file away, so that nobody finds it any more; open connections go on.
  ///
  /// A file that somebody else has put there since is left alone.
  public borrowing func removeFile() {
    guard let file, FileIdentity(path) == file else { return }
    // Safe: the path is read during the call only. The lock file stays: two that remove and make it
    // at once could each hold one of its own.
    unsafe unlink(path)
  }

  private static func lock(_ path: String) throws(Failure) -> Descriptor {
    do throws(SystemError) {
      let lock = try Descriptor.open(path + ".lock", .update(mode: 0o600))
      if try lock.lock() { return lock }
    } catch {
      throw .system(error)
    }
    throw .taken(path: path)
  }

  /// Removes a socket that nobody listens on; one of a program that uses no lock file is probed.
  private static func removeStale(_ path: String) throws(SystemError) {
    var status = stat()
    // Safe: path and structure are used during the call only, here and below.
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw SystemError("stat", path)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw SystemError(call: "bind", code: ENOTSOCK, subject: path)
    }
    let deadline = SystemClock.monotonicNanoseconds + leftOverNanoseconds
    repeat {
      do throws(SystemError) {
        let probe = try Endpoint.path(path).connect()
        // Nobody has the lock, so who listens knows nothing of it, or its owner was killed and those that it has
        // started are about to end.
        probe.waitForEnd(until: deadline)
      } catch {
        // A full backlog is somebody's backlog.
        if error.code == EAGAIN { throw SystemError(call: "bind", code: EADDRINUSE, subject: path) }
        guard error.code == ECONNREFUSED else { throw error }
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
          throw SystemError("unlink", path)
        }
        return
      }
    } while SystemClock.monotonicNanoseconds < deadline
    throw SystemError(call: "bind", code: EADDRINUSE, subject: path)
  }

  /// How long those may take to end whose keeper was killed, in nanoseconds; they take milliseconds.
  private static let leftOverNanoseconds: UInt64 = 500_000_000
}

extension Descriptor {
  /// Waits until the other end of a connection is gone, or has something to say.
  fileprivate borrowing func waitForEnd(until deadline: UInt64) {
    let now = SystemClock.monotonicNanoseconds
    guard now < deadline else { return }
    var watched = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    // Safe: one structure, used during the call only.
    _ = unsafe poll(&watched, 1, Int32(clamping: (deadline - now) / 1_000_000 + 1))
  }
}

/// What accepting came to.
public enum Acceptance: ~Copyable {
  /// A new connection, which neither blocks nor is inherited.
  case connection(Descriptor)
  /// Nobody waits.
  case none
  /// The process, or the machine, has no descriptor or memory to spare; try again later.
  case exhausted(SystemError)
  /// The listening socket does not work.
  case failed(SystemError)
}

extension Descriptor {
  /// Takes the next connection of a listening socket.
  public borrowing func accept() -> Acceptance {
    while true {
      let connection = clinux_accept(rawValue)
      if connection >= 0 { return .connection(Descriptor(owning: connection)) }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN: return .none
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(SystemError("accept"))
      default: return .failed(SystemError("accept"))
      }
    }
  }
}

extension Endpoint {
  /// Connects, and returns a descriptor that does not block.
  ///
  /// A Unix socket connects at once or not at all; a full backlog is `EAGAIN`.
  ///
  /// - Throws: ``SystemError`` when nobody listens there, or the caller may not.
  public func connect() throws(SystemError) -> Descriptor {
    let socket = Glibc.socket(
      AF_UNIX,
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
      0)
    guard socket >= 0 else { throw SystemError("socket") }
    let descriptor = Descriptor(owning: socket)
    while true {
      let result = unsafe try withAddress { unsafe Glibc.connect(socket, $0, $1) }
      if result == 0 { return descriptor }
      if errno != EINTR { throw SystemError("connect", description) }
    }
  }
}
