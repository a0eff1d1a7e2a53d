internal import DecisionEngine
internal import Hashes
internal import JSON
internal import SmartFlowMessages
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// Writes a decision as the audit has it: members of one JSON object, in a buffer that is used again.
struct DecisionMembers {
  private var line = RecordLine()
  private let workerIndex: Int

  private let mask: ParameterMask

  init(workerIndex: Int, mask: ParameterMask) {
    self.workerIndex = workerIndex
    self.mask = mask
  }

  /// The members, without braces around them.
  mutating func write(_ result: ExecutionResult, _ call: Call, at time: WallTime) -> [UInt8] {
    let subject = result.subject
    line.beginMembers()
    line.member("time") { time.appendRFC3339(to: &$0) }
    line.member("worker", workerIndex)
    line.member("execution_id") { subject.executionID.append(to: &$0) }
    line.member("player_id", subject.playerID)
    line.member("now") { subject.now.appendRFC3339(to: &$0) }
    line.member("tree_digest", Hexadecimal.text(result.digest.span))
    if let published = subject.published {
      line.member("tree_id", published.treeID)
      line.member("tree_version", Int(clamping: published.version))
    }
    if !subject.subTrees.isEmpty { line.member("sub_trees", subject.subTrees) }
    if let peer = call.connection.peer {
      line.object("peer") { line in
        line.member("uid", Int(peer.userID))
        line.member("gid", Int(peer.groupID))
        line.member("pid", Int(peer.processID))
      }
    }
    if let requestID = call.requestID { line.member("request_id", requestID) }
    if let trace = call.trace { line.member(trace) }
    line.member("status", result.status == .completed ? "COMPLETED" : "PARTIALLY_COMPLETED")
    line.member("fuel_used", result.fuelUsed)
    let mask = mask
    line.list("actions") { line in
      for (action, identifier) in zip(result.actions, result.actionIDs) {
        line.element { line in Self.write(action, identifier, mask, to: &line) }
      }
    }
    return line.bytes
  }

  private static func write(
    _ action: PlannedAction, _ identifier: UUIDv7, _ mask: ParameterMask,
    to line: inout RecordLine
  ) {
    line.member("action_id") { identifier.append(to: &$0) }
    line.member("type", action.type)
    line.member("path", action.path)
    if let nodeID = action.nodeID { line.member("node_id", nodeID) }
    if let parameters = action.parameters { line.member("parameters", parameters, masking: mask) }
    line.member("status", action.failure == nil ? "ACCEPTED" : "FAILED")
    if let failure = action.failure {
      line.member("reason", failure.reason)
      line.member("message", failure.message(masking: mask))
    }
  }
}
