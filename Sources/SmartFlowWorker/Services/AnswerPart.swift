internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages

/// What answers and records say of an action whose parameters are the same in every execution of its tree.
final class AnswerPart {
  let message: ActionPart
  /// The members that a record has of it, as JSON; `nil` until it is recorded first, empty where there is no room for them.
  var recorded: [UInt8]?
  /// About how much memory it takes.
  var memoryBytes: Int { message.byteCount + 64 }

  init(
    _ action: borrowing PlannedAction, _ parameters: JSONObject, using writer: inout StructWriter
  ) {
    message = ActionPart(
      type: action.type, path: action.path, nodeID: action.nodeID ?? "", using: &writer
    ) { parameters.visit(into: &$0) }
  }
}
