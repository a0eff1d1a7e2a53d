internal import Glibc

/// The process's environment, read and changed while there is one thread.
enum Environment {
  /// A variable's text, or `nil` where it is not set.
  static func text(_ name: String) -> String? {
    // Safe: read before any thread could change the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// A variable's text, which the programs that this one starts are not told.
  static func take(_ name: String) -> String? {
    defer {
      // Safe: the name is read during the call only.
      _ = unsafe unsetenv(name)
    }
    return text(name)
  }
}
