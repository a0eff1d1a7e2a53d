internal import JSON

extension ExplainedNode {
  /// What leads to the node, as a drawing says it; `nil` for the root.
  var label: String? {
    switch edge {
    case .root: nil
    case .whenTrue: "true"
    case .whenFalse: "false"
    case .child(let number): "\(number)"
    case .branch(let number): "case \(number)"
    case .otherwise: "default"
    case .share(let number, let part): "share \(number), \(Self.percent(part))"
    case .inner(let place): place
    }
  }

  /// The same for the first and the last of several, where less is enough.
  var groupLabel: String? {
    if case .share(let number, _) = edge { return "share \(number)" }
    return label
  }

  private static func percent(_ part: Double) -> String {
    let tenths = (part * 1000).rounded() / 10
    return JSONValue.number(tenths).compactText + " %"
  }

  /// Whether the node, or the decision at it, came to nothing.
  var hasFailed: Bool {
    failing != nil || action?.fault != nil || steps.contains { $0.fault != nil }
  }

  /// Whether it is a node of a published tree, of which no more is known than what was told.
  var isInner: Bool { if case .inner = edge { true } else { false } }

  /// The evaluation of a case's expression, of the case that leads to `child`.
  func step(thatTried child: ExplainedNode) -> Explanation.Step? {
    guard case .branch(let number) = child.edge else { return nil }
    let place = path + "/cases/\(number - 1)/expression"
    return steps.first { $0.expressionPath == place }
  }

  /// The side that was to be taken and that the tree does not have.
  var missingSide: String? {
    guard isTaken, !hasFailed, !isInner, !children.contains(where: \.isTaken) else { return nil }
    switch type {
    case "Condition":
      guard let result = steps.last?.result else { return nil }
      return result == .bool(true) ? "true" : "false"
    case "Switch":
      // Every case was tried and none holds.
      let tried = children.count { step(thatTried: $0) != nil }
      return tried == children.count && tried > 0 ? "default" : nil
    default: return nil
    }
  }
}
