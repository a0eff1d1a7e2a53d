internal import CLinux
internal import Glibc

/// A program that this one has started, until it has ended.
public struct ChildProcess: ~Copyable, Sendable {
  /// How a process ended.
  public enum End: Equatable, Sendable, CustomStringConvertible {
    /// By itself, with a status.
    case exited(Int32)
    /// By a signal.
    case signalled(Int32)

    /// Such as `exit 0` or `signal 9`.
    public var description: String {
      switch self {
      case .exited(let status): "exit \(status)"
      case .signalled(let signal): "signal \(signal)"
      }
    }
  }

  /// Its number.
  public let processID: Int32
  /// Becomes readable when it ends: pidfd_open(2).
  public let descriptor: Descriptor

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - path: The program's file.
  ///   - arguments: Its arguments, the first of which is its name.
  ///   - descriptors: What it gets besides the standard ones, as 3, 4 and so on.
  ///   - standardError: What it gets as standard error; this process's own when there is none.
  /// - Throws: ``SystemError`` when it can't be started.
  public init(
    starting path: String, arguments: [String], descriptors: [Int32], standardError: Int32? = nil
  ) throws(SystemError) {
    var processID: Int32 = 0
    let code = unsafe withCStrings(arguments) { pointers in
      // Safe: path, arguments and descriptors are read during the call only.
      unsafe clinux_spawn(
        path, pointers, descriptors, Int32(descriptors.count), standardError ?? -1, &processID)
    }
    guard code == 0 else { throw SystemError(call: "start", code: code, subject: path) }
    let pidfd = clinux_pidfd_open(processID)
    guard pidfd >= 0 else {
      let code = errno
      kill(processID, SIGKILL)
      _ = clinux_collect(processID)
      throw SystemError(call: "pidfd_open", code: code)
    }
    self.processID = processID
    descriptor = Descriptor(owning: pidfd)
  }

  /// Takes over a child that the program before has started in this process.
  ///
  /// - Parameters:
  ///   - processID: The child's number.
  ///   - descriptor: Its pidfd.
  public init(adopting processID: Int32, descriptor: consuming Descriptor) {
    self.processID = processID
    self.descriptor = descriptor
  }

  /// Sends a signal, to this process or to nobody.
  public borrowing func signal(_ number: Int32) {
    _ = clinux_pidfd_signal(descriptor.rawValue, number)
  }

  /// Waits for the end, which the descriptor has announced.
  ///
  /// Once: from then on the number may be another process's.
  public borrowing func collect() -> End {
    let status = clinux_collect(processID)
    return status < 0 && status != .min ? .signalled(-status) : .exited(status)
  }
}

/// Signals as something to be read: signalfd(2).
public struct SignalDescriptor: ~Copyable, Sendable {
  /// Becomes readable when a signal has come.
  public let descriptor: Descriptor

  /// Takes the signals out of their usual way; before any thread is started.
  public init(_ signals: [Int32]) throws(SystemError) {
    // Safe: the numbers are read during the call only.
    let signalfd = unsafe clinux_signalfd(signals, Int32(signals.count))
    guard signalfd >= 0 else { throw SystemError("signalfd") }
    descriptor = Descriptor(owning: signalfd)
  }

  /// The next signal that has come, or `nil`.
  public borrowing func next() -> Int32? {
    let number = clinux_next_signal(descriptor.rawValue)
    return number > 0 ? number : nil
  }
}
