internal import Filtrex
internal import JSON

// What is to be done for a node, and what it does when that is done: a pair of functions for each type.
extension TreeCompiler {
  /// Says what is to be done for a node of a type.
  mutating func plan(
    _ type: NodeType, _ object: JSONObject, _ parameters: JSONObject, _ node: inout BegunNode
  ) {
    let place = node.path.appending("parameters")
    switch type {
    case .condition:
      node.steps.append(.expression(parameters["expression"], place.appending("expression")))
      node.plan = .condition(hasTrueAction: object["trueAction"] != nil)
      planChild(object, "trueAction", &node)
      planChild(object, "falseAction", &node)
    case .sequence:
      node.plan = .sequence(
        stopsOnFailure: parameters["onFailure"] == .string(NodeType.OnFailure.stop.rawValue))
      planChildren(object, "actions", &node)
    case .choice: planChoice(object, &node)
    case .split:
      node.steps.append(.expression(parameters["key"], place.appending("key")))
      planShares(object, parameters, &node)
    case .subTree:
      // What is no name was reported.
      guard case .string(let treeID)? = parameters["treeId"], NodeField.isTreeID(treeID) else {
        return
      }
      node.plan = .subTree(treeID)
      node.steps.append(.subTree(treeID))
    }
  }

  /// Finds what can be found of a node whose type nobody knows: the nodes in it, whatever they are called.
  mutating func planWithoutType(_ object: JSONObject, _ node: inout BegunNode) {
    for field in NodeType.commonFields.fields {
      if let value = object[field.name] { check(value, field, at: node.path.appending(field.name)) }
    }
    _ = parameters(of: object, at: node.path)
    for field in NodeType.allCases.flatMap(\.declaration.fields) where object[field.name] != nil {
      switch field.kind {
      case .node: planChild(object, field.name, &node)
      case .nodes: planChildren(object, field.name, &node)
      case .branches:
        for (branch, place) in branches(object, field, at: node.path) {
          node.steps.append(.child(branch["action"], place.appending("action")))
        }
      default: break
      }
    }
  }

  private func planChild(_ object: JSONObject, _ field: String, _ node: inout BegunNode) {
    guard let child = object[field] else { return }
    node.steps.append(.child(child, node.path.appending(field)))
  }

  private func planChildren(_ object: JSONObject, _ field: String, _ node: inout BegunNode) {
    let place = node.path.appending(field)
    for (index, child) in elements(object, field).enumerated() {
      node.steps.append(.child(child, place.appending(index)))
    }
  }

  private mutating func planChoice(_ object: JSONObject, _ node: inout BegunNode) {
    var cases = 0
    for (branch, place) in branches(object, NodeType.cases, at: node.path) {
      node.steps.append(.expression(branch["expression"], place.appending("expression")))
      node.steps.append(.child(branch["action"], place.appending("action")))
      cases += 1
    }
    node.plan = .choice(cases: cases)
    planChild(object, "defaultAction", &node)
  }

  private mutating func planShares(
    _ object: JSONObject, _ parameters: JSONObject, _ node: inout BegunNode
  ) {
    var salt = ""
    if case .string(let text)? = parameters["salt"] { salt = text }
    let branches = branches(object, NodeType.shares, at: node.path)
    var weights: [Double?] = []
    for (branch, place) in branches {
      node.steps.append(.child(branch["action"], place.appending("action")))
      if case .number(let weight)? = branch["weight"] {
        weights.append(weight)
      } else {
        weights.append(nil)
      }
    }
    node.plan = .split(salt: salt, weights: weights)
    if !branches.isEmpty, branches.allSatisfy({ $0.object["weight"] == .number(0) }) {
      report(
        .invalidWeight, node.path.appending("shares"),
        "every `weight` is 0, so that no player gets a share; give one of them more")
    }
  }

  // MARK: What was done

  /// What a node does; `nil` where it has errors.
  mutating func body(of node: BegunNode) -> BegunNode.Body? {
    switch node.plan {
    case .nothing: nil
    case .condition(let hasTrueAction): condition(node, hasTrueAction)
    case .sequence(let stopsOnFailure):
      BegunNode.Body(
        sequence: node.children.compactMap(\.self), stopsOnFailure: stopsOnFailure)
    case .choice(let cases): choice(node, cases)
    case .split(let salt, let weights): split(node, salt, weights)
    case .action(let definition, let parameters):
      action(definition, parameters, node.expressions)
    case .subTree(let treeID):
      BegunNode.Body(kind: .unresolved(treeID: treeID), fuelBound: 0, actions: 0)
    }
  }

  private func condition(_ node: BegunNode, _ hasTrueAction: Bool) -> BegunNode.Body? {
    guard let program = node.programs.first ?? nil else { return nil }
    return BegunNode.Body(
      condition: program, fuelBound: programs[program].program.fuelBound,
      whenTrue: hasTrueAction ? node.children.first ?? nil : nil,
      whenFalse: node.children.dropFirst(hasTrueAction ? 1 : 0).first ?? nil)
  }

  private func choice(_ node: BegunNode, _ count: Int) -> BegunNode.Body {
    var cases: [(program: Int, fuelBound: Int, child: Compiled)] = []
    for (program, child) in zip(node.programs, node.children.prefix(count)) {
      guard let program, let child else { continue }
      cases.append((program, programs[program].program.fuelBound, child))
    }
    return BegunNode.Body(
      choice: cases, otherwise: node.children.dropFirst(count).first ?? nil)
  }

  private func split(_ node: BegunNode, _ salt: String, _ weights: [Double?]) -> BegunNode.Body? {
    var weighted: [(weight: Double, child: Compiled)] = []
    for (weight, child) in zip(weights, node.children) {
      if let weight, let child { weighted.append((weight, child)) }
    }
    let key = node.programs.first ?? nil
    return BegunNode.Body(
      split: key.map { ($0, programs[$0].program) }, salt: salt, weighted)
  }
}
