internal import JSON

/// An explanation for programs: one object, whose members keep their names and meanings.
enum ExplanationReport {
  static func json(of root: ExplainedNode, _ explanation: Explanation) -> JSONValue {
    var members: [(String, JSONValue)] = [("status", .string(explanation.status))]
    switch explanation.decider {
    case .engine: members.append(("decidedBy", .string("engine")))
    case .daemon(let identifier):
      members += [("decidedBy", .string("daemon")), ("executionId", .string(identifier))]
    }
    if let failing = explanation.failing { members.append(("error", report(failing))) }
    members += [
      ("playerId", .string(explanation.playerID)), ("treeDigest", .string(explanation.digest)),
      ("fuelUsed", number(explanation.fuelUsed)), ("fuelBound", number(explanation.fuelBound)),
      ("elapsedNanoseconds", number(explanation.elapsed.nanoseconds)),
      ("actions", .array(explanation.actions.map(report))),
      ("omittedSteps", number(explanation.omittedSteps)), ("tree", report(root)),
    ]
    return .object(members)
  }

  private static func number(_ value: Int) -> JSONValue { .number(Double(value)) }

  private static func report(_ failing: Explanation.Failing) -> JSONValue {
    .object(
      [("status", .string(failing.status)), ("path", .string(failing.path))]
        + members(of: failing.fault))
  }

  private static func members(of fault: Explanation.Fault) -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("reason", .string(fault.reason)), ("message", .string(fault.message)),
    ]
    if let range = fault.range {
      members += [("start", number(range.lowerBound)), ("end", number(range.upperBound))]
    }
    return members
  }

  private static func report(_ action: Explanation.Action) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("type", .string(action.type)), ("path", .string(action.path)),
      ("status", .string(action.fault == nil ? "NOT_PERFORMED" : "FAILED")),
    ]
    if !action.nodeID.isEmpty { members.append(("nodeId", .string(action.nodeID))) }
    if let parameters = action.parameters { members.append(("parameters", .object(parameters))) }
    if let fault = action.fault { members.append(("error", .object(Self.members(of: fault)))) }
    return .object(members)
  }

  /// As deep as the tree nests.
  private static func report(_ node: ExplainedNode) -> JSONValue {
    var members: [(String, JSONValue)] = []
    switch node.edge {
    case .root: break
    case .whenTrue: members.append(("edge", .string("trueAction")))
    case .whenFalse: members.append(("edge", .string("falseAction")))
    case .otherwise: members.append(("edge", .string("defaultAction")))
    case .child(let place): members += [("edge", .string("actions")), ("index", number(place - 1))]
    case .branch(let place):
      members += [("edge", .string("cases")), ("index", number(place - 1))]
      if let expression = node.caseExpression { members.append(("case", .string(expression))) }
    case .share(let place, let part):
      members += [
        ("edge", .string("shares")), ("index", number(place - 1)), ("part", .number(part)),
      ]
    case .inner: members.append(("edge", .string("subTree")))
    }
    members += [("path", .string(node.path)), ("type", .string(node.type))]
    if let id = node.id { members.append(("id", .string(id))) }
    if let name = node.name { members.append(("name", .string(name))) }
    members.append(("taken", .bool(node.isTaken)))
    if !node.steps.isEmpty { members.append(("steps", .array(node.steps.map(report)))) }
    if !node.children.isEmpty { members.append(("children", .array(node.children.map(report)))) }
    return .object(members)
  }

  private static func report(_ step: Explanation.Step) -> JSONValue {
    var members: [(String, JSONValue)] = []
    if !step.expression.isEmpty {
      members += [
        ("expression", .string(step.expression)), ("expressionPath", .string(step.expressionPath)),
      ]
    }
    if let result = step.result { members.append(("result", result)) }
    if step.isResultCut { members.append(("resultTruncated", .bool(true))) }
    if let fault = step.fault { members.append(("error", .object(Self.members(of: fault)))) }
    if let split = step.split {
      members.append(
        (
          "split",
          .object([("fraction", .number(split.fraction)), ("share", number(split.share))])
        ))
    }
    members += [
      ("reads", .array(step.reads.map(report))), ("fuelUsed", number(step.fuelUsed)),
      ("elapsedNanoseconds", number(step.elapsed.nanoseconds)),
    ]
    return .object(members)
  }

  private static func report(_ read: Explanation.Read) -> JSONValue {
    var members: [(String, JSONValue)] = [("name", .string(read.name))]
    if let value = read.value {
      members.append(("value", value))
    } else {
      members.append(("missing", .bool(true)))
    }
    if read.isCut { members.append(("truncated", .bool(true))) }
    return .object(members)
  }
}

extension Duration {
  /// Whole nanoseconds, of a century at most.
  var nanoseconds: Int {
    let (seconds, attoseconds) = components
    return Int(min(max(seconds, 0), 3_155_760_000)) * 1_000_000_000
      + Int(attoseconds / 1_000_000_000)
  }
}
