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
    line.beginMembers()
    line.member("time") { time.appendRFC3339(to: &$0) }
    line.members(of: result.subject, call, workerIndex: workerIndex)
    line.member("now") { result.subject.now.appendRFC3339(to: &$0) }
    if let peer = call.connection.peer {
      line.object("peer") { line in
        line.member("uid", Int(peer.userID))
        line.member("gid", Int(peer.groupID))
        line.member("pid", Int(peer.processID))
      }
    }
    line.member("status", result.status == .completed ? "COMPLETED" : "PARTIALLY_COMPLETED")
    line.member("fuel_used", result.fuelUsed)
    let mask = mask
    line.list("actions") { line in
      for (action, identifier) in zip(result.actions, result.actionIDs) {
        line.element { line in line.members(of: action, identifier, masking: mask) }
      }
    }
    return line.bytes
  }
}
