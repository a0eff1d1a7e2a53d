/// What was decided for one player, and what became of it.
public struct ExecutionMessage: Equatable, Sendable {
  /// How an execution ended.
  public enum Status: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// Every action on the path was accepted, or there was none.
    case completed = 1
    /// At least one action was refused or failed; its result says which.
    case partiallyCompleted = 2
    /// Decided and rendered, nothing performed.
    case dryRun = 3
  }

  /// UUIDv7.
  public var executionID: String
  /// How it ended.
  public var status: Status
  /// Set when a published tree ran.
  public var tree: TreeReferenceMessage?
  /// SHA-256 of the tree's canonical JSON.
  public var treeDigest: [UInt8]
  /// In order of execution.
  public var actions: [ActionResultMessage]
  /// Filled when it was asked for.
  public var trace: [TraceStepMessage]
  /// From the request's last byte to the answer.
  public var elapsed: Duration?
  /// Units of fuel.
  public var fuelUsed: UInt64
  /// Answered from the idempotency record.
  public var replayed: Bool
  /// Steps at the end of the trace that were left out for want of room.
  public var omittedSteps: UInt64

  /// Makes an execution; what is not named is absent.
  public init(
    executionID: String = "", status: Status = .unspecified, tree: TreeReferenceMessage? = nil,
    treeDigest: [UInt8] = [], actions: [ActionResultMessage] = [], trace: [TraceStepMessage] = [],
    elapsed: Duration? = nil, fuelUsed: UInt64 = 0, replayed: Bool = false,
    omittedSteps: UInt64 = 0
  ) {
    self.executionID = executionID
    self.status = status
    self.tree = tree
    self.treeDigest = treeDigest
    self.actions = actions
    self.trace = trace
    self.elapsed = elapsed
    self.fuelUsed = fuelUsed
    self.replayed = replayed
    self.omittedSteps = omittedSteps
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, executionID, to: &output)
    if let tree { Wire.message(3, to: &output) { tree.append(to: &$0) } }
    Wire.bytes(4, treeDigest, to: &output)
    var writer = StructWriter()
    for action in actions { ExecutionWriter.append(action, using: &writer, to: &output) }
    for step in trace { ExecutionWriter.append(step, to: &output) }
    Wire.integer(2, signed: Int64(status.rawValue), to: &output)
    Wire.duration(7, elapsed, to: &output)
    Wire.integer(8, fuelUsed, to: &output)
    Wire.logical(9, replayed, to: &output)
    Wire.integer(10, omittedSteps, to: &output)
  }
}
