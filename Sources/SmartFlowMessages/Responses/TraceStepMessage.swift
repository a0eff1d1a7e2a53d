/// One node that ran.
public struct TraceStepMessage: Equatable, Sendable {
  /// RFC 6901 pointer to the node.
  public var path: String
  /// The node's own ID; may be empty.
  public var nodeID: String
  /// What was evaluated; may be empty.
  public var expression: String
  /// JSON text of the value; may be empty.
  public var result: String
  /// Why there is no value.
  public var error: RPCStatus?
  /// Units of fuel.
  public var fuelUsed: UInt64

  /// Makes a step; what is not named is absent.
  public init(
    path: String = "", nodeID: String = "", expression: String = "", result: String = "",
    error: RPCStatus? = nil, fuelUsed: UInt64 = 0
  ) {
    self.path = path
    self.nodeID = nodeID
    self.expression = expression
    self.result = result
    self.error = error
    self.fuelUsed = fuelUsed
  }
}
