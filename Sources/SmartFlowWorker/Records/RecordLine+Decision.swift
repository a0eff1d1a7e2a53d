internal import DecisionEngine
internal import Hashes
internal import SmartFlowMessages
internal import Telemetry

/// What log and audit say of a decision, in the same words.
extension RecordLine {
  /// Adds which decision it is, of whom, by which tree, and what its caller calls it.
  ///
  /// - Parameters:
  ///   - subject: What it is about.
  ///   - call: Whose it is.
  ///   - workerIndex: Who decided.
  ///   - subTreeBytes: Bytes of its sub-trees' versions; of more the beginning is written, with an ellipsis. A thousand
  ///     may be named, which no line of the log has room for.
  mutating func members(
    of subject: ExecutionSubject, _ call: Call, workerIndex: Int,
    subTreeBytes: Int = Limits.quotedBytes
  ) {
    member("worker", workerIndex)
    if subject.executionID != .zero {
      member("execution_id") { subject.executionID.append(to: &$0) }
    }
    if let tree = subject.tree {
      member("tree_digest") { Hexadecimal.append(tree.digest.span, to: &$0) }
    }
    if let published = subject.published {
      member("tree_id", published.treeID)
      member("tree_version", Int(clamping: published.version))
    }
    if !subject.subTrees.isEmpty {
      member("sub_trees", subject.subTrees.text.shortened(to: subTreeBytes))
    }
    member("player_id", subject.playerID)
    if let requestID = call.requestID { member("request_id", requestID) }
    if let trace = call.trace { member(trace) }
  }

  /// Adds an action and what it came to.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - identifier: Its identifier.
  ///   - tree: Knows what is the same in every execution.
  ///   - mask: Which of its parameters are not shown.
  ///   - withParameters: Whether they are written; else how long they are is.
  mutating func members(
    of action: borrowing PlannedAction, _ identifier: UUIDv7, of tree: CachedTree?,
    masking mask: ParameterMask, withParameters: Bool = true
  ) {
    member("action_id") { identifier.append(to: &$0) }
    if withParameters, let known = tree?.recordedMembers(of: action, masking: mask) {
      members(json: known)
    } else {
      members(of: action, masking: mask, withParameters: withParameters)
    }
    member("status", action.failure == nil ? "ACCEPTED" : "FAILED")
    if let failure = action.failure {
      member("reason", failure.reason)
      member("message", failure.message(masking: mask))
    }
  }

  /// Adds what is said of an action whatever came of it.
  mutating func members(
    of action: borrowing PlannedAction, masking mask: ParameterMask, withParameters: Bool = true
  ) {
    member("type", action.type)
    member("path", action.path)
    if let nodeID = action.nodeID { member("node_id", nodeID) }
    if let parameters = action.parameters, withParameters {
      member("parameters", parameters, masking: mask)
    } else if action.parameters != nil {
      member("parameters_omitted_bytes", action.parameterBytes)
    }
  }
}
