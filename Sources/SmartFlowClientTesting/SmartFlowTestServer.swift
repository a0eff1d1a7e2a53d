public import SmartFlowClient
public import UnixSocket
internal import SmartFlowMessages

/// A server in the test's own process, for tests of programs that call a SmartFlow daemon.
///
/// It speaks the real protocol on a Unix socket in a folder of its own, answers what its script says, decides with the real
/// engine where it is to, fails as it is told, and records the calls that it got. It stops when it is let go of.
///
/// ```swift
/// let server = try SmartFlowTestServer()
/// server.failNext(with: .failure(.unavailable, reason: "OVERLOADED", retryDelay: .milliseconds(1)))
/// let client = try server.client()
/// ```
public final class SmartFlowTestServer: Sendable {
  /// Why there is no server.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system has no folder, socket or thread to spare, in its words.
    case system(String)

    /// One sentence.
    public var description: String {
      switch self {
      case .system(let sentence): "the test server can't be set up: \(sentence)"
      }
    }
  }

  private let loop: TestServerLoop
  /// Where it listens; for `SMARTFLOW_ENDPOINT` too, as text.
  public let endpoint: Endpoint

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - trees: Published trees by their names, as JSON, each of version 1; for `.decided`.
  ///   - now: The instant of all executions that the engine decides, in Unix seconds; `nil` for the clock's.
  ///   - script: What to do with each call; called on the server's thread, one call at a time. Left out, the engine decides.
  /// - Throws: ``Failure``.
  public init(
    trees: [String: String] = [:], now: Double? = nil,
    script: @escaping @Sendable (TestCall) -> TestAnswer = { _ in .decided }
  ) throws(Failure) {
    let decider = Decider(trees: trees.mapValues { Array($0.utf8) }, now: now)
    let loop = try TestServerLoop(decider, script: script)
    self.loop = loop
    endpoint = .path(loop.socketPath)
    do throws(SystemError) {
      try SystemThread.start { loop.run() }
    } catch {
      loop.abandon()
      throw .system("\(error)")
    }
  }

  deinit { loop.stop(nil) }

  /// A client of this server.
  ///
  /// - Throws: `ClientError` when the system has no thread to spare.
  public func client() throws(ClientError) -> SmartFlowClient {
    try SmartFlowClient(endpoint: endpoint)
  }

  /// Stops serving: connections end, and the socket is gone.
  public func stop() async {
    await withCheckedContinuation { loop.stop($0) }
  }

  // MARK: What came

  /// The calls so far, in the order in which they came; of more than 100,000 the last ones.
  public var calls: [TestCall] { loop.shared.withLock { $0.calls } }

  /// Waits until so many calls have come, answered or not.
  ///
  /// - Returns: All calls so far; fewer than `count` when the server was stopped before.
  @discardableResult
  public func calls(atLeast count: Int) async -> [TestCall] {
    await withCheckedContinuation { continuation in
      let isThere = loop.shared.withLock { shared in
        if shared.count >= count || shared.isOver { return true }
        shared.waiters.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
    return calls
  }

  // MARK: Faults

  /// Does something else with the calls that come next than the script says.
  ///
  /// - Parameters:
  ///   - count: With how many.
  ///   - answer: What.
  public func failNext(_ count: Int = 1, with answer: TestAnswer) {
    loop.shared.withLock { $0.faults += Array(repeating: answer, count: max(0, count)) }
  }

  /// Ends all connections that there are.
  public func dropConnections() {
    loop.shared.withLock { $0.dropsConnections = true }
    loop.wake.wake()
  }

  /// Hangs up on the next connections before anything is read.
  public func refuseConnections(_ count: Int) {
    loop.shared.withLock { $0.refusals += max(0, count) }
  }
}

extension TestServerLoop {
  /// Ends the loop; from any thread.
  func stop(_ continuation: CheckedContinuation<Void, Never>?) {
    let isGone = shared.withLock { shared in
      // Over and with nobody to tell: the loop has ended, or will see that it is to.
      if shared.isEnded { return true }
      shared.isOver = true
      if let continuation { shared.stoppers.append(continuation) }
      return false
    }
    if isGone { continuation?.resume() } else { wake.wake() }
  }
}
