internal import CLinux
internal import Glibc

/// What to be told of a descriptor.
public struct Interest: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// Takes the bits as they are.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// There is something to read, or the other end is gone.
  public static let read = Interest(rawValue: 1)
  /// There is room to write.
  public static let write = Interest(rawValue: 2)
  /// Of several processes that wait for the same descriptor, wake one; only when added.
  public static let exclusive = Interest(rawValue: 4)
}

/// What became of a descriptor.
public struct Readiness: Sendable {
  /// The number that it was added with.
  public var token: UInt64
  /// There is something to read, or the other end is gone.
  public var isReadable: Bool
  /// There is room to write.
  public var isWritable: Bool
  /// Nothing more will go either way.
  public var isBroken: Bool
}

/// Waits for many descriptors at once; epoll, level-triggered.
public struct Poller: ~Copyable {
  private let descriptor: Descriptor
  private var reports = [clinux_report](repeating: clinux_report(), count: Self.reportsPerWait)

  /// How many descriptors one wait reports at most; the others have their turn with the next.
  private static let reportsPerWait = 64

  /// Makes a poller that watches nothing yet.
  public init() throws(SystemError) {
    let epoll = clinux_epoll_create()
    guard epoll >= 0 else { throw SystemError("epoll_create1") }
    descriptor = Descriptor(owning: epoll)
  }

  /// Begins to watch a descriptor, whose owner removes it before closing it.
  public borrowing func add(
    _ watched: borrowing Descriptor, _ interest: Interest, token: UInt64
  ) throws(SystemError) {
    let bits = interest.bits
    guard clinux_epoll_add(descriptor.rawValue, watched.rawValue, bits, token) == 0 else {
      throw SystemError("epoll_ctl")
    }
  }

  /// Watches a descriptor for something else.
  public borrowing func change(
    _ watched: borrowing Descriptor, to interest: Interest, token: UInt64
  ) throws(SystemError) {
    let bits = interest.bits
    guard clinux_epoll_change(descriptor.rawValue, watched.rawValue, bits, token) == 0 else {
      throw SystemError("epoll_ctl")
    }
  }

  /// Ends watching a descriptor.
  public borrowing func remove(_ watched: borrowing Descriptor) throws(SystemError) {
    guard clinux_epoll_remove(descriptor.rawValue, watched.rawValue) == 0 else {
      throw SystemError("epoll_ctl")
    }
  }

  /// Waits until something happens or the time is over; an interrupted wait reports nothing.
  ///
  /// - Parameter milliseconds: How long at most; negative waits for ever.
  /// - Returns: How many descriptors there is something to say of, for ``readiness(at:)``.
  /// - Throws: ``SystemError`` when the kernel does not let it wait.
  public mutating func wait(milliseconds: Int32) throws(SystemError) -> Int {
    // Safe: the buffer is as long as it says, and written during the call only.
    let count = unsafe clinux_epoll_wait(
      descriptor.rawValue, &reports, Int32(Self.reportsPerWait), milliseconds)
    if count >= 0 { return Int(count) }
    if errno == EINTR { return 0 }
    throw SystemError("epoll_wait")
  }

  /// What the last wait reported, by index.
  public borrowing func readiness(at index: Int) -> Readiness {
    let report = reports[index]
    func has(_ bits: Int) -> Bool { report.bits & UInt32(bits) != 0 }
    let isBroken = has(CLINUX_ERROR) || has(CLINUX_HANGUP)
    return Readiness(
      token: report.token, isReadable: isBroken || has(CLINUX_READ),
      isWritable: has(CLINUX_WRITE), isBroken: isBroken)
  }
}

extension Interest {
  fileprivate var bits: UInt32 {
    var bits = 0
    if contains(.read) { bits |= CLINUX_READ }
    if contains(.write) { bits |= CLINUX_WRITE }
    if contains(.exclusive) { bits |= CLINUX_EXCLUSIVE }
    return UInt32(bits)
  }
}
