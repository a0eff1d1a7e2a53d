internal import JSON

/// A node of a tree, as its JSON has it, with what a decision made of it.
///
/// Nodes nest at most as deep as the engine allows, so that recursion over them is bounded.
struct ExplainedNode {
  /// How a node hangs on the one above it.
  enum Edge {
    case root
    case whenTrue
    case whenFalse
    /// One of a sequence, counted from 1.
    case child(Int)
    /// One of a switch, counted from 1.
    case branch(Int)
    case otherwise
    /// One of a split, counted from 1, with its part of the whole, from 0 to 1.
    case share(Int, part: Double)
    /// One of a published tree that stands here, as far as the decision told of it, with its place in that tree.
    case inner(String)
  }

  let edge: Edge
  /// RFC 6901 pointer to the node.
  let path: String
  let type: String
  let id: String?
  let name: String?
  /// As the tree has them.
  let parameters: JSONObject
  /// The expression that leads here, of a case.
  let caseExpression: String?
  let children: [ExplainedNode]
  /// Nodes from here down.
  let nodeCount: Int

  /// Whether this or one below has failed.
  let containsFailure: Bool

  /// Whether the decision came through here.
  let isTaken: Bool
  /// Evaluations of the node's own expressions, in order.
  let steps: [Explanation.Step]
  /// What was decided on, or what failed, at the node.
  let action: Explanation.Action?
  /// The decision ended here.
  let failing: Explanation.Failing?
}

extension ExplainedNode {
  /// The tree below `value`, which the engine has found sound.
  init(_ value: JSONValue, _ explanation: Explanation) {
    self.init(value, at: JSONPointer(), edge: .root, facts: Facts(explanation))
  }

  /// An explanation by the nodes it speaks of.
  private struct Facts {
    var taken: Set<String> = []
    var steps: [String: [Explanation.Step]] = [:]
    var actions: [String: Explanation.Action] = [:]
    var failing: Explanation.Failing?
    /// The nodes of all of these, in the order in which they were come to.
    var order: [String] = []
    private var known: Set<String> = []

    init(_ explanation: Explanation) {
      failing = explanation.failing
      for step in explanation.steps {
        steps[step.path, default: []].append(step)
        note(step.path)
      }
      for action in explanation.actions {
        actions[action.path] = action
        note(action.path)
      }
      if let failing { note(failing.path) }
    }

    private mutating func note(_ path: String) {
      if known.insert(path).inserted { order.append(path) }
      take(path)
    }

    /// Who comes to a node has come through all above it.
    private mutating func take(_ path: String) {
      var path = path[...]
      while taken.insert(String(path)).inserted, let slash = path.lastIndex(of: "/") {
        path = path[..<slash]
      }
    }
  }

  private init(
    _ value: JSONValue, at pointer: JSONPointer, edge: Edge, caseExpression: String? = nil,
    isKnownToRun: Bool = false, facts: Facts
  ) {
    var object = JSONObject()
    if case .object(let members) = value { object = members }
    self.edge = edge
    self.caseExpression = caseExpression
    path = pointer.description
    type = object.text("type") ?? ""
    id = object.text("id")
    name = object.text("name")
    parameters = object.members("parameters")
    children = Self.children(of: object, at: pointer, facts)
    nodeCount = children.reduce(1) { $0 + $1.nodeCount }
    isTaken = isKnownToRun || facts.taken.contains(path)
    steps = facts.steps[path] ?? []
    action = facts.actions[path]
    failing = facts.failing?.path == path ? facts.failing : nil
    let hasFailed =
      failing != nil || action?.fault != nil || steps.contains { $0.fault != nil }
    containsFailure = hasFailed || children.contains(where: \.containsFailure)
  }

  private static func children(
    of object: JSONObject, at pointer: JSONPointer, _ facts: Facts
  ) -> [ExplainedNode] {
    var children: [ExplainedNode] = []
    func add(_ value: JSONValue?, _ place: JSONPointer, _ edge: Edge, _ expression: String? = nil) {
      guard let value else { return }
      children.append(
        ExplainedNode(value, at: place, edge: edge, caseExpression: expression, facts: facts))
    }
    add(object["trueAction"], pointer.appending("trueAction"), .whenTrue)
    add(object["falseAction"], pointer.appending("falseAction"), .whenFalse)
    let sequence = object.list("actions")
    let places = sequence.indices.map { pointer.appending("actions").appending($0) }
    // Of a decision that failed there are no actions to tell of, yet those before the last one were gone through.
    let last = places.lastIndex { facts.taken.contains($0.description) } ?? 0
    for (index, value) in sequence.enumerated() {
      children.append(
        ExplainedNode(
          value, at: places[index], edge: .child(index + 1), isKnownToRun: index < last,
          facts: facts))
    }
    for (index, branch) in object.list("cases").enumerated() {
      guard case .object(let branch) = branch else { continue }
      let place = pointer.appending("cases").appending(index).appending("action")
      add(branch["action"], place, .branch(index + 1), branch.text("expression"))
    }
    add(object["defaultAction"], pointer.appending("defaultAction"), .otherwise)
    let shares = object.list("shares")
    let weights = shares.map { share in
      if case .object(let share) = share, case .number(let weight)? = share["weight"] {
        weight
      } else {
        0.0
      }
    }
    let total = weights.reduce(0, +)
    for (index, share) in shares.enumerated() {
      guard case .object(let share) = share else { continue }
      let place = pointer.appending("shares").appending(index).appending("action")
      let part = total > 0 ? weights[index] / total : 0
      add(share["action"], place, .share(index + 1, part: part))
    }
    guard object.text("type") == "SubTree" else { return children }
    // Its nodes stand in a tree that is not at hand.
    let root = pointer.appending("subTree").description
    return facts.order.filter { $0 == root || $0.hasPrefix(root + "/") }.map {
      inner(at: $0, below: root, facts)
    }
  }

  private static func inner(
    at path: String, below root: String, _ facts: Facts
  ) -> ExplainedNode {
    let steps = facts.steps[path] ?? []
    let action = facts.actions[path]
    let failing = facts.failing?.path == path ? facts.failing : nil
    let place = String(path.dropFirst(root.count))
    let hasFailed = failing != nil || action?.fault != nil || steps.contains { $0.fault != nil }
    return ExplainedNode(
      edge: .inner(place.isEmpty ? "/" : place), path: path,
      type: action?.type ?? steps.first?.nodeType ?? "node",
      id: action.flatMap { $0.nodeID.isEmpty ? nil : $0.nodeID }, name: nil,
      parameters: action?.parameters ?? JSONObject(), caseExpression: nil, children: [],
      nodeCount: 1, containsFailure: hasFailed, isTaken: true, steps: steps, action: action,
      failing: failing)
  }
}

extension Explanation.Step {
  /// What the node must be where it was evaluated.
  fileprivate var nodeType: String {
    if split != nil { return "Split" }
    return expressionPath.hasPrefix(path + "/cases/") ? "Switch" : "Condition"
  }
}

extension JSONObject {
  fileprivate func text(_ key: String) -> String? {
    if case .string(let text)? = self[key] { text } else { nil }
  }

  fileprivate func list(_ key: String) -> [JSONValue] {
    if case .array(let elements)? = self[key] { elements } else { [] }
  }

  fileprivate func members(_ key: String) -> JSONObject {
    if case .object(let members)? = self[key] { members } else { JSONObject() }
  }
}
