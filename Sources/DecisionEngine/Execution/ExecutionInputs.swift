/// What an execution depends on besides tree and context.
///
/// The same tree, context and inputs always give the same result.
public struct ExecutionInputs: Sendable, Equatable {
  /// Whom the decision is about; a split's key where the tree names none.
  public var playerID: String
  /// The instant of the whole execution, in Unix seconds.
  public var now: Double
  /// Whether to note each decision on the way.
  public var wantsTrace: Bool
  /// About how many bytes the steps of the trace may take.
  public var traceBytes: Int

  /// Makes inputs.
  public init(
    playerID: String = "", now: Double, wantsTrace: Bool = false,
    traceBytes: Int = TraceLimits.stepBytes
  ) {
    self.playerID = playerID
    self.now = now
    self.wantsTrace = wantsTrace
    self.traceBytes = traceBytes
  }
}
