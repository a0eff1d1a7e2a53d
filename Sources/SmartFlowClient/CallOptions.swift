/// How one call is to be made.
public struct CallOptions: Sendable {
  /// How long all of it may take: dialling, writing and waiting.
  public var timeout: Duration
  /// How much longer to wait than the server is told, so that its own DEADLINE_EXCEEDED arrives with all it says.
  public var grace: Duration
  /// What goes with the call, such as `traceparent`.
  public var metadata: [(key: String, value: String)]
  /// Whether it may be sent again when the connection was lost after it had been written, or when the server has
  /// answered UNAVAILABLE and said when it would take it; each at most twice, and within its time.
  ///
  /// Executions decide it for themselves: a dry run and one with an idempotency key are safe.
  public var isSafeToResend: Bool
  /// Whether the call waits for a server that is not there, dialling again and again until its deadline.
  ///
  /// Otherwise it fails with UNAVAILABLE at the first dial that finds nobody, and at the first answer that says so.
  public var waitsForServer: Bool

  /// Makes options.
  public init(
    timeout: Duration = .seconds(1), metadata: [(key: String, value: String)] = [],
    isSafeToResend: Bool = false, grace: Duration = .zero, waitsForServer: Bool = true
  ) {
    self.timeout = timeout
    self.grace = grace
    self.metadata = metadata
    self.isSafeToResend = isSafeToResend
    self.waitsForServer = waitsForServer
  }
}
