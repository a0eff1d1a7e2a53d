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
    case .sequence(let stopsOnFailure): sequence(node, stopsOnFailure)
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
    let whenTrue = hasTrueAction ? node.children.first ?? nil : nil
    let whenFalse = node.children.dropFirst(hasTrueAction ? 1 : 0).first ?? nil
    return BegunNode.Body(
      kind: .condition(program: program, whenTrue: whenTrue?.index, whenFalse: whenFalse?.index),
      fuelBound: Self.sum(
        programs[program].program.fuelBound,
        max(whenTrue?.fuelBound ?? 0, whenFalse?.fuelBound ?? 0)),
      actions: max(whenTrue?.actions ?? 0, whenFalse?.actions ?? 0))
  }

  private func sequence(_ node: BegunNode, _ stopsOnFailure: Bool) -> BegunNode.Body {
    let children = node.children.compactMap(\.self)
    return BegunNode.Body(
      kind: .sequence(children: children.map(\.index), stopsOnFailure: stopsOnFailure),
      fuelBound: children.reduce(0) { Self.sum($0, Self.sum($1.fuelBound, FuelCost.step)) },
      actions: children.reduce(0) { $0 + $1.actions })
  }

  private func choice(_ node: BegunNode, _ count: Int) -> BegunNode.Body {
    var cases: [(program: Int, node: Int)] = []
    // Each case costs a step, and so does going on to the default.
    var fuelBound = FuelCost.step
    var longest = 0
    var actions = 0
    for (program, child) in zip(node.programs, node.children.prefix(count)) {
      guard let program, let child else { continue }
      cases.append((program, child.index))
      fuelBound = Self.sum(fuelBound, Self.sum(programs[program].program.fuelBound, FuelCost.step))
      longest = max(longest, child.fuelBound)
      actions = max(actions, child.actions)
    }
    let otherwise = node.children.dropFirst(count).first ?? nil
    return BegunNode.Body(
      kind: .choice(cases: cases, otherwise: otherwise?.index),
      fuelBound: Self.sum(fuelBound, max(longest, otherwise?.fuelBound ?? 0)),
      actions: max(actions, otherwise?.actions ?? 0))
  }

  private func split(_ node: BegunNode, _ salt: String, _ weights: [Double?]) -> BegunNode.Body? {
    var weighted: [(weight: Double, child: Compiled)] = []
    for (weight, child) in zip(weights, node.children) {
      if let weight, let child { weighted.append((weight, child)) }
    }
    let total = weighted.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    var upTo = 0.0
    let shares = weighted.map { share in
      upTo += share.weight
      return (upTo: upTo / total, node: share.child.index)
    }
    let key = node.programs.first ?? nil
    let keyBytes = key.map { programs[$0].program.textBytesBound } ?? TreeLimits.playerIDBytes
    return BegunNode.Body(
      kind: .split(key: key, salt: salt, shares: shares),
      fuelBound: Self.sum(
        Self.sum(
          key.map { programs[$0].program.fuelBound } ?? 0,
          FuelCost.split + FuelCost.bytes(keyBytes + salt.utf8.count)),
        weighted.map(\.child.fuelBound).max() ?? 0),
      actions: weighted.map(\.child.actions).max() ?? 0)
  }
}
