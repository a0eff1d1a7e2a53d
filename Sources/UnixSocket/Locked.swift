internal import Glibc

/// A value that only one thread touches at a time.
///
/// The lock is a pthread mutex, which ThreadSanitizer sees; `Synchronization.Mutex` is not one on Linux, and
/// reports false races (measured: Swift 6.3.1).
@safe package final class Locked<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  /// Puts `value` under a lock of its own.
  package init(_ value: sending Value) {
    self.value = value
    // Safe: freed in deinit, and only there.
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let code = unsafe pthread_mutex_init(mutex, nil)
    precondition(code == 0, "pthread_mutex_init: \(code)")
  }

  deinit {
    // Safe: nobody else has the lock any more.
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deinitialize(count: 1)
    unsafe mutex.deallocate()
  }

  /// Runs `body` with the value, while no other thread has it.
  ///
  /// Keep it short, and call nobody back from inside.
  package func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Safe: the mutex lives as long as the object.
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
