internal import Logging
internal import UnixSocket

/// Tells a service manager how the daemon fares: the protocol of sd_notify(3), without its library.
///
/// Where nobody asked (`NOTIFY_SOCKET` is not set), nothing is told. Whatever goes wrong here is written to the log
/// once and hinders nothing.
final class ServiceManager {
  private let sender: DatagramSender?
  private let logger: Logger
  private let watchdog: WatchdogInterval?
  /// What found no room yet, in its order.
  private var waiting: [[UInt8]] = []
  private var hasFailed = false
  /// When it is to hear next that the daemon lives, on the monotonic clock in nanoseconds; from ``ready(_:)`` on.
  private(set) var nextKeepAlive = UInt64.max

  /// - Parameters:
  ///   - notifySocket: `NOTIFY_SOCKET`: a path, or `@` and a name in the abstract namespace.
  ///   - watchdog: How often it wants to hear that the daemon lives.
  ///   - logger: Where what goes wrong is written.
  init(notifySocket: String?, watchdog: WatchdogInterval?, logger: Logger) {
    self.logger = logger
    guard let notifySocket, !notifySocket.isEmpty else {
      sender = nil
      self.watchdog = nil
      return
    }
    do throws(ServiceManagerFailure) {
      sender = try Self.sender(to: notifySocket)
      self.watchdog = watchdog
    } catch {
      sender = nil
      self.watchdog = nil
      logger.warning("notify_failed", metadata: ["reason": "\(error)"])
    }
  }

  /// The one that the environment names; the programs that this one starts are not told of it.
  static func ofEnvironment(processID: Int32, logger: Logger) -> ServiceManager {
    let notifySocket = Environment.take("NOTIFY_SOCKET")
    let microseconds = Environment.take("WATCHDOG_USEC")
    let process = Environment.take("WATCHDOG_PID")
    return ServiceManager(
      notifySocket: notifySocket,
      watchdog: WatchdogInterval(
        microseconds: microseconds, process: process, processID: processID),
      logger: logger)
  }

  private static func sender(
    to notifySocket: String
  ) throws(ServiceManagerFailure) -> DatagramSender {
    let endpoint: Endpoint
    switch notifySocket.utf8.first {
    case UInt8(ascii: "/"): endpoint = .path(notifySocket)
    case UInt8(ascii: "@"): endpoint = .abstract(String(notifySocket.dropFirst()))
    default: throw .notASocket(notifySocket)
    }
    do throws(SystemError) {
      return try DatagramSender(to: endpoint)
    } catch {
      throw .system(error)
    }
  }

  /// Whether something waits for room, and is to be tried again soon.
  var isWaiting: Bool { !waiting.isEmpty }

  // MARK: What is told

  /// All workers serve.
  func ready(_ status: String, now: UInt64) {
    tell(["READY=1", "STATUS=\(status)"])
    if watchdog != nil, nextKeepAlive == .max { nextKeepAlive = now }
  }

  /// The workers are being replaced; ``ready(_:now:)`` follows.
  func reloading(_ status: String, now: UInt64) {
    tell(["RELOADING=1", "MONOTONIC_USEC=\(now / 1000)", "STATUS=\(status)"])
  }

  /// The daemon drains.
  func stopping(_ status: String) { tell(["STOPPING=1", "STATUS=\(status)"]) }

  /// Says that the daemon lives, when it is time to.
  ///
  /// - Parameters:
  ///   - now: The monotonic clock, in nanoseconds.
  ///   - isAlive: Whether it does. When not, nothing is said, and it is looked again soon.
  func keepAlive(now: UInt64, isAlive: Bool) {
    sendWaiting()
    guard let watchdog, now >= nextKeepAlive else { return }
    guard isAlive else {
      nextKeepAlive = now + watchdog.nanoseconds / 8
      return
    }
    nextKeepAlive = now + watchdog.nanoseconds
    // One that finds no room is not kept: the next one says the same.
    if waiting.isEmpty { _ = send(Array("WATCHDOG=1".utf8)) }
  }

  private func tell(_ lines: [String]) {
    guard sender != nil else { return }
    waiting.append(Array(lines.joined(separator: "\n").utf8))
    sendWaiting()
  }

  private func sendWaiting() {
    while let message = waiting.first {
      guard send(message) else { return }
      waiting.removeFirst()
    }
  }

  /// - Returns: Whether there is nothing more to be done about it.
  private func send(_ message: [UInt8]) -> Bool {
    do throws(SystemError) {
      return try sender?.send(message) ?? true
    } catch {
      if !hasFailed {
        hasFailed = true
        logger.warning("notify_failed", metadata: ["reason": "\(error)"])
      }
      return true
    }
  }
}

/// Why a service manager can't be told anything.
enum ServiceManagerFailure: Error, Equatable, CustomStringConvertible {
  /// `NOTIFY_SOCKET` is neither a path nor a name.
  case notASocket(String)
  /// The kernel refused.
  case system(SystemError)

  /// One sentence with the remedy.
  var description: String {
    switch self {
    case .notASocket(let text):
      "NOTIFY_SOCKET is `\(text)`; a Unix socket is needed, as `/path` or `@name`"
    case .system(let error): "\(error)"
    }
  }
}
