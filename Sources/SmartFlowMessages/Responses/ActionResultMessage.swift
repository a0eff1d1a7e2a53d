/// One action of an execution.
public struct ActionResultMessage: Equatable, Sendable {
  /// What became of an action.
  public enum Status: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// Recorded durably; delivery follows.
    case accepted = 1
    /// A rule forbade it.
    case suppressed = 2
    /// It could not be rendered, or its parameters break its schema.
    case failed = 3
    /// Dry run.
    case notPerformed = 4
  }

  /// "SendSMS".
  public var type: String
  /// RFC 6901 pointer to the node.
  public var path: String
  /// What became of it.
  public var status: Status
  /// As rendered.
  public var parameters: [String: StructValue]?
  /// UUIDv7.
  public var actionID: String
  /// Why it was not accepted.
  public var error: RPCStatus?
  /// The node's own ID; may be empty.
  public var nodeID: String

  /// Makes a result; what is not named is absent.
  public init(
    type: String = "", path: String = "", status: Status = .unspecified,
    parameters: [String: StructValue]? = nil, actionID: String = "", error: RPCStatus? = nil,
    nodeID: String = ""
  ) {
    self.type = type
    self.path = path
    self.status = status
    self.parameters = parameters
    self.actionID = actionID
    self.error = error
    self.nodeID = nodeID
  }
}
