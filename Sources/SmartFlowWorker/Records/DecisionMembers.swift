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

  private let fuelLimit: Int
  private let contextScope: AuditContext
  private let mask: ParameterMask
  /// The names that are masked, as a list of JSON.
  private var masked: [UInt8] = []

  init(workerIndex: Int, fuelLimit: Int, context: AuditContext, mask: ParameterMask) {
    self.workerIndex = workerIndex
    self.fuelLimit = fuelLimit
    contextScope = context
    self.mask = mask
    JSONWriter.append(.array(mask.names.map { .string($0) }), to: &masked)
  }

  /// The members, without braces around them.
  ///
  /// - Parameters:
  ///   - result: The decision.
  ///   - call: Whose it is.
  ///   - context: The digest of what was decided on; not whole where none is recorded.
  ///   - time: When it is recorded.
  /// - Returns: The members.
  mutating func write(
    _ result: borrowing ExecutionResult, _ call: Call,
    context: borrowing ContextDigest, at time: WallTime
  ) -> [UInt8] {
    line.beginMembers()
    line.member("time") { time.appendRFC3339(to: &$0) }
    line.member("release", ServerVersion.text)
    line.members(of: result.subject, call, workerIndex: workerIndex, subTreeBytes: .max)
    if let digest = result.subject.subTrees.digest {
      line.member("sub_trees_digest") { Hexadecimal.append(digest.inlineBytes.span, to: &$0) }
    }
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
    line.member("fuel_limit", fuelLimit)
    if !mask.isEmpty { line.member("masked", json: masked) }
    write(context)
    let (tree, mask) = (result.subject.cached, mask)
    line.list("actions") { line in
      for index in result.actions.indices {
        line.element { line in
          line.members(
            of: result.actions[index], result.actionIDs[index], of: tree, masking: mask)
        }
      }
    }
    return line.bytes
  }

  private mutating func write(_ context: borrowing ContextDigest) {
    guard let digest = context.value else { return }
    line.member("context_digest") { Hexadecimal.append(digest.span, to: &$0) }
    guard context.isJSON else { return line.member("context_omitted", "NOT_JSON") }
    guard contextScope == .full else { return }
    guard let text = context.text else {
      line.member("context_omitted", "TOO_LARGE")
      return line.member("context_bytes", context.byteCount)
    }
    if mask.isEmpty {
      line.member("context", json: text)
    } else {
      writeMasked(text)
    }
  }

  private mutating func writeMasked(_ text: [UInt8]) {
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      guard case .object(let properties) = unsafe try JSONParser.parse(text.span.bytes) else {
        preconditionFailure("a context that is no object")
      }
      line.member("context", properties, masking: mask)
    } catch {
      // INVARIANT: the text was written as JSON a moment ago.
      preconditionFailure("a context that is no JSON: \(error)")
    }
  }
}
