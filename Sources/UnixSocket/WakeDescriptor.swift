internal import CLinux
internal import Glibc

/// Wakes a thread that waits in a poller: eventfd(2).
public struct WakeDescriptor: ~Copyable, Sendable {
  /// Readable from a wake until it is cleared.
  public let descriptor: Descriptor

  /// Makes one that is not woken.
  public init() throws(SystemError) {
    let eventfd = clinux_eventfd()
    guard eventfd >= 0 else { throw SystemError("eventfd") }
    descriptor = Descriptor(owning: eventfd)
  }

  /// Makes the descriptor readable; from any thread.
  public borrowing func wake() {
    var one: UInt64 = 1
    // Safe: the word is read during the call only. It can fail only when it is woken many times over.
    _ = unsafe write(descriptor.rawValue, &one, 8)
  }

  /// Waits until it is woken, and forgets all wakes so far; for a thread that has nothing else to wait for.
  ///
  /// - Parameter milliseconds: How long at most; for ever where it is negative.
  /// - Returns: Whether it was woken, or a signal came.
  @discardableResult
  public borrowing func wait(milliseconds: Int32 = -1) -> Bool {
    var waited = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    // Safe: the structure is read and written during the call only. A signal that comes is a wake too many.
    let isWoken = unsafe poll(&waited, 1, milliseconds) != 0
    clear()
    return isWoken
  }

  /// Forgets all wakes so far.
  public borrowing func clear() {
    var count: UInt64 = 0
    // Safe: the word is written during the call only.
    _ = unsafe read(descriptor.rawValue, &count, 8)
  }
}

/// Threads of the system.
public enum SystemThread {
  /// Starts a thread that runs `body` and then ends.
  public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    final class Box {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    // Safe: the thread takes over the one reference that is passed on.
    let box = unsafe Unmanaged.passRetained(Box(body))
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    unsafe pthread_attr_destroy(&attributes)
    guard code == 0 else {
      unsafe box.release()
      throw SystemError(call: "pthread_create", code: code)
    }
  }
}
