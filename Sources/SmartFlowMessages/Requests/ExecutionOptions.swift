/// How a tree is to be executed.
public struct ExecutionOptions: Equatable, Sendable {
  /// Decide and render, perform nothing.
  public var dryRun: Bool
  /// Say which nodes ran, and why.
  public var trace: Bool
  /// The same key never performs twice; empty when there is none.
  public var idempotencyKey: String
  /// A BCP 47 tag; empty when there is none.
  public var locale: String
  /// Replaces the clock.
  public var now: Timestamp?

  /// Makes options; those not named ask for nothing.
  public init(
    dryRun: Bool = false, trace: Bool = false, idempotencyKey: String = "", locale: String = "",
    now: Timestamp? = nil
  ) {
    self.dryRun = dryRun
    self.trace = trace
    self.idempotencyKey = idempotencyKey
    self.locale = locale
    self.now = now
  }
}
