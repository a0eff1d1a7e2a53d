internal import DecisionEngine
internal import Filtrex
internal import JSON
internal import Telemetry

/// What came of deciding again, beside what the record says.
struct ReplayedDecision {
  /// Where the context is from.
  enum ContextSource {
    case record
    case file
    /// The record's, or none, with `--set`.
    case settings
  }

  /// Something that is not as it was recorded.
  struct Difference: Equatable {
    /// An RFC 6901 pointer into the record.
    var place: String
    /// `nil` where the record has nothing there.
    var recorded: JSONValue?
    /// `nil` where the replay has nothing there.
    var replayed: JSONValue?
  }

  var contextSource = ContextSource.record
  private(set) var differences: [Difference] = []
  /// Masked parameters that the actions have; they are compared as masked.
  private(set) var maskedParameters: [String] = []

  /// Decides again, and compares.
  ///
  /// - Parameters:
  ///   - decision: What is recorded.
  ///   - tree: The tree that was run.
  ///   - context: The context that was decided on.
  init(_ decision: RecordedDecision, by tree: Tree, for context: Context) {
    var execution = Execution()
    execution.context = context
    let status = Self.run(&execution, tree, decision)
    compare("/status", .string(decision.status), .string(status))
    let actions = execution.actions
    for index in 0..<max(decision.actions.count, actions.count) {
      let place = "/actions/\(index)"
      guard index < actions.count else {
        differences.append(Difference(place: place, recorded: .object(decision.actions[index])))
        continue
      }
      let replayed = report(actions[index], masking: decision.mask)
      guard index < decision.actions.count else {
        differences.append(Difference(place: place, replayed: .object(replayed)))
        continue
      }
      compare(decision.actions[index], replayed, at: place)
    }
    compare("/fuel_used", .number(Double(decision.fuelUsed)), .number(Double(execution.fuelUsed)))
  }

  /// Runs to the end, with as much fuel as there was.
  ///
  /// - Returns: What the record would say of it.
  private static func run(
    _ execution: inout Execution, _ tree: Tree, _ decision: RecordedDecision
  ) -> String {
    execution.start(
      tree,
      inputs: ExecutionInputs(playerID: decision.playerID, now: decision.now.seconds))
    // A decision whose limit is not recorded stayed within it; no execution uses more than the tree's bound.
    let limit = decision.fuelLimit ?? tree.fuelBound
    while true {
      var fuel = min(sliceUnits, max(limit - execution.fuelUsed, 1))
      let progress = execution.run(tree, fuel: &fuel)
      if execution.fuelUsed > limit { return "OUT_OF_FUEL" }
      switch progress {
      case .paused: continue
      case .finished:
        return execution.actions.contains { $0.failure != nil }
          ? "PARTIALLY_COMPLETED" : "COMPLETED"
      case .failed(let failure): return failure.reason
      }
    }
  }

  /// Units between two looks at the total, as a daemon's worker has them.
  private static let sliceUnits = 1024

  /// An action as a record has it, as far as it does not name this one execution.
  private mutating func report(
    _ action: PlannedAction, masking mask: ParameterMask
  ) -> JSONObject {
    var members: JSONObject = ["type": .string(action.type), "path": .string(action.path)]
    if let nodeID = action.nodeID { members["node_id"] = .string(nodeID) }
    if let parameters = action.parameters {
      for name in RecordedDecision.names(in: .object(parameters), masked: mask)
      where !maskedParameters.contains(name) {
        maskedParameters.append(name)
      }
      members["parameters"] = Self.written(parameters, mask)
    }
    members["status"] = .string(action.failure == nil ? "ACCEPTED" : "FAILED")
    if let failure = action.failure { members["reason"] = .string(failure.reason) }
    return members
  }

  /// Parameters as they are read off a record: masked, and with the numbers that JSON has.
  private static func written(_ parameters: JSONObject, _ mask: ParameterMask) -> JSONValue {
    var bytes: [UInt8] = []
    mask.append(parameters, to: &bytes)
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      return unsafe try JSONParser.parse(bytes.span.bytes)
    } catch {
      // INVARIANT: it was written as JSON a moment ago.
      preconditionFailure("parameters that are no JSON: \(error)")
    }
  }

  // MARK: Comparing

  /// What of an action is compared; its ID is another one each time, and a sentence may be worded anew by a release.
  private static let compared = ["type", "path", "node_id", "parameters", "status", "reason"]

  private mutating func compare(
    _ recorded: JSONObject, _ replayed: JSONObject, at place: String
  ) {
    for name in Self.compared {
      if name == "parameters", case .object(let old)? = recorded[name],
        case .object(let new)? = replayed[name]
      {
        compareParameters(old, new, at: JSONPointer(parsing: place + "/" + name) ?? JSONPointer())
      } else {
        compare(place + "/" + name, recorded[name], replayed[name])
      }
    }
  }

  private mutating func compareParameters(
    _ recorded: JSONObject, _ replayed: JSONObject, at place: JSONPointer
  ) {
    for name in recorded.keys + replayed.keys.filter({ recorded[$0] == nil }) {
      compare(place.appending(name).description, recorded[name], replayed[name])
    }
  }

  private mutating func compare(
    _ place: String, _ recorded: JSONValue?, _ replayed: JSONValue?
  ) {
    guard recorded != replayed else { return }
    differences.append(Difference(place: place, recorded: recorded, replayed: replayed))
  }
}
