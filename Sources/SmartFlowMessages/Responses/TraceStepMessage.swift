/// One decision on the way: an expression that was evaluated, or a split by the player.
///
/// Without result and error the execution was stopped in the middle of it.
public struct TraceStepMessage: Equatable, Sendable {
  /// RFC 6901 pointer to the node.
  public var path: String
  /// The node's own ID; may be empty.
  public var nodeID: String
  /// What was evaluated; empty for a split by the player.
  public var expression: String
  /// JSON text of the value, of a split by the player its fraction; may be empty.
  public var result: String
  /// Why there is no value.
  public var error: RPCStatus?
  /// Units of fuel.
  public var fuelUsed: UInt64
  /// Time since the step before.
  public var elapsed: Duration?
  /// What the expression read, in the order of the first reading.
  public var reads: [PropertyReadMessage]
  /// RFC 6901 pointer to the text that holds the expression; may be empty.
  public var expressionPath: String
  /// Whether the result is the beginning of a longer one.
  public var isResultTruncated: Bool
  /// Set of a split.
  public var split: SplitChoiceMessage?

  /// Makes a step; what is not named is absent.
  public init(
    path: String = "", nodeID: String = "", expression: String = "", result: String = "",
    error: RPCStatus? = nil, fuelUsed: UInt64 = 0, elapsed: Duration? = nil,
    reads: [PropertyReadMessage] = [], expressionPath: String = "",
    isResultTruncated: Bool = false, split: SplitChoiceMessage? = nil
  ) {
    self.path = path
    self.nodeID = nodeID
    self.expression = expression
    self.result = result
    self.error = error
    self.fuelUsed = fuelUsed
    self.elapsed = elapsed
    self.reads = reads
    self.expressionPath = expressionPath
    self.isResultTruncated = isResultTruncated
    self.split = split
  }
}
