internal import Glibc

/// What a service manager had put into the environment, before it was taken out of it.
///
/// A release that goes on in the same process is told the same once more.
struct OriginalEnvironment: Sendable {
  private static let names = [
    "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
  ]

  private let variables: [(name: String, text: String)]

  /// Takes note of it, and leaves it as it is.
  init() {
    variables = Self.names.compactMap { name in Environment.text(name).map { (name, $0) } }
  }

  /// Puts it back.
  func restore() {
    // Safe: there is one thread, and the texts are copied.
    for (name, text) in variables { _ = unsafe setenv(name, text, 1) }
  }

  /// Takes it out again.
  func remove() {
    for (name, _) in variables { _ = Environment.take(name) }
  }
}
