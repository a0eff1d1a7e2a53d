internal import Glibc

/// A file or folder that this process has for itself until the value ends: flock(2).
///
/// The lock is given back, rather than only closed: a process that is forked at this moment has the descriptor too until
/// its own program begins, and would keep the lock as long.
public struct FileLock: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// Takes the lock of an open file.
  ///
  /// - Returns: `nil` where somebody else has it.
  /// - Throws: ``SystemError`` when the kernel can't say.
  public init?(_ descriptor: consuming Descriptor) throws(SystemError) {
    guard try descriptor.lock() else { return nil }
    self.descriptor = descriptor
  }

  deinit {
    // It can fail only where there is no such descriptor.
    _ = flock(descriptor.rawValue, LOCK_UN)
  }
}
