internal import Filtrex
internal import JSON

/// Turns a tree's JSON into flat arrays, and collects all that is wrong with it.
///
/// Recursive, and no deeper than ``TreeLimits/nesting``.
struct TreeCompiler {
  /// A node that was compiled, and what running it may take.
  struct Compiled {
    var index: Int
    var fuelBound: Int
    var actions: Int
  }

  let registry: ActionRegistry
  var diagnostics: [TreeDiagnostic] = []
  var nodes: [Node] = []
  var programs: [Program] = []
  /// Where the text of each of ``programs`` stands.
  var programPaths: [String] = []
  var actions: [ActionNode] = []
  var table = PropertyTable()
  /// Memory that the patterns of all programs take.
  var patternBytes = 0
  private var ids: [String: JSONPointer] = [:]
  private var nodeCount = 0
  private var errorCount = 0
  var hasTooManyExpressions = false

  init(registry: ActionRegistry) { self.registry = registry }

  /// Compiles the whole tree; the root is the last of ``nodes``.
  mutating func compile(_ value: JSONValue) -> Compiled? {
    let root = node(value, at: JSONPointer(), depth: 1)
    if let root, root.actions > TreeLimits.actionsOnPath {
      report(
        .tooManyActions, JSONPointer(),
        "one execution can reach \(root.actions) actions, over the limit of "
          + "\(TreeLimits.actionsOnPath); split the tree")
    }
    return root
  }

  // MARK: Nodes

  /// Compiles one node and those below it.
  mutating func node(_ value: JSONValue, at path: JSONPointer, depth: Int) -> Compiled? {
    guard depth <= TreeLimits.nesting else {
      report(
        .treeTooDeep, path,
        "nodes are nested more than \(TreeLimits.nesting) deep; split the tree")
      return nil
    }
    nodeCount += 1
    guard nodeCount <= TreeLimits.nodes else {
      if nodeCount == TreeLimits.nodes + 1 {
        report(
          .tooManyNodes, path, "the tree has more than \(TreeLimits.nodes) nodes; split the tree")
      }
      return nil
    }
    guard case .object(let object) = value else {
      report(.wrongType, path, "a node is an object, and this is \(value.named)")
      return nil
    }
    let id = note(object["id"], at: path)
    guard let (meaning, isKnown) = meaning(of: object, at: path) else {
      checkWithoutType(object, at: path, depth: depth)
      return nil
    }
    let parameters = self.parameters(of: object, at: path)
    let body: Body?
    switch meaning {
    case .action(let definition):
      checkFields(of: object, NodeType.commonFields, of: definition.article, at: path)
      body = action(definition, parameters, at: path)
    case .node(let type):
      let declaration = type.declaration
      let meant = checkFields(
        of: object, declaration.allFields, of: declaration.article, at: path)
      checkAlternatives(of: declaration, object, meant, at: path)
      checkParameters(parameters, declaration.parameters, of: declaration.article, at: path)
      body = self.body(type, object, parameters, at: path, depth: depth)
    }
    guard let body, isKnown, case .string(let type)? = object["type"] else { return nil }
    nodes.append(Node(type: type, path: path.description, id: id, kind: body.kind))
    return Compiled(
      index: nodes.count - 1, fuelBound: Self.sum(FuelCost.node, body.fuelBound),
      actions: body.actions)
  }

  private mutating func body(
    _ type: NodeType, _ object: JSONObject, _ parameters: JSONObject, at path: JSONPointer,
    depth: Int
  ) -> Body? {
    switch type {
    case .condition: condition(object, parameters, at: path, depth: depth)
    case .sequence: sequence(object, parameters, at: path, depth: depth)
    case .choice: choice(object, at: path, depth: depth)
    case .split: split(object, parameters, at: path, depth: depth)
    }
  }

  /// Finds what can be found of a node whose type nobody knows: the nodes in it, whatever they are called.
  private mutating func checkWithoutType(_ object: JSONObject, at path: JSONPointer, depth: Int) {
    for field in NodeType.commonFields.fields {
      if let value = object[field.name] { check(value, field, at: path.appending(field.name)) }
    }
    _ = parameters(of: object, at: path)
    for field in NodeType.allCases.flatMap(\.declaration.fields) where object[field.name] != nil {
      switch field.kind {
      case .node: _ = child(object, field.name, at: path, depth: depth)
      case .nodes: _ = children(object, field.name, at: path, depth: depth)
      case .branches:
        for (branch, place) in branches(object, field, at: path) {
          _ = child(branch, "action", at: place, depth: depth)
        }
      default: break
      }
    }
  }

  private mutating func checkAlternatives(
    of declaration: NodeType.Declaration, _ object: JSONObject, _ meant: [String],
    at path: JSONPointer
  ) {
    let names = declaration.alternatives
    guard !names.isEmpty, names.allSatisfy({ object[$0] == nil && !meant.holds($0) }) else {
      return
    }
    let list = names.map { "`\($0)`" }.joined(separator: " or ")
    report(.missingField, path, "\(declaration.article) needs \(list), or both")
  }

  /// What a node does, and what that may take.
  struct Body {
    var kind: Node.Kind
    var fuelBound: Int
    var actions: Int
  }

  private mutating func condition(
    _ object: JSONObject, _ parameters: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    let program = expression(
      parameters["expression"], at: path.appending("parameters").appending("expression"))
    let whenTrue = child(object, "trueAction", at: path, depth: depth)
    let whenFalse = child(object, "falseAction", at: path, depth: depth)
    guard let program else { return nil }
    return Body(
      kind: .condition(program: program, whenTrue: whenTrue?.index, whenFalse: whenFalse?.index),
      fuelBound: Self.sum(
        programs[program].fuelBound, max(whenTrue?.fuelBound ?? 0, whenFalse?.fuelBound ?? 0)),
      actions: max(whenTrue?.actions ?? 0, whenFalse?.actions ?? 0))
  }

  private mutating func sequence(
    _ object: JSONObject, _ parameters: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    let children = children(object, "actions", at: path, depth: depth)
    return Body(
      kind: .sequence(
        children: children.map(\.index),
        stopsOnFailure: parameters["onFailure"] == .string(NodeType.OnFailure.stop.rawValue)),
      fuelBound: children.reduce(0) { Self.sum($0, Self.sum($1.fuelBound, FuelCost.step)) },
      actions: children.reduce(0) { $0 + $1.actions })
  }

  private mutating func choice(
    _ object: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    var cases: [(program: Int, node: Int)] = []
    // Each case costs a step, and so does going on to the default.
    var fuelBound = FuelCost.step
    var longest = 0
    var actions = 0
    for (branch, place) in branches(object, NodeType.cases, at: path) {
      let program = expression(branch["expression"], at: place.appending("expression"))
      let child = child(branch, "action", at: place, depth: depth)
      guard let program, let child else { continue }
      cases.append((program, child.index))
      fuelBound = Self.sum(fuelBound, Self.sum(programs[program].fuelBound, FuelCost.step))
      longest = max(longest, child.fuelBound)
      actions = max(actions, child.actions)
    }
    let otherwise = child(object, "defaultAction", at: path, depth: depth)
    return Body(
      kind: .choice(cases: cases, otherwise: otherwise?.index),
      fuelBound: Self.sum(fuelBound, max(longest, otherwise?.fuelBound ?? 0)),
      actions: max(actions, otherwise?.actions ?? 0))
  }

  private mutating func split(
    _ object: JSONObject, _ parameters: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    let key = expression(
      parameters["key"], at: path.appending("parameters").appending("key"))
    var salt = ""
    if case .string(let text)? = parameters["salt"] { salt = text }
    let branches = branches(object, NodeType.shares, at: path)
    var weighted: [(weight: Double, child: Compiled)] = []
    for (branch, place) in branches {
      let child = child(branch, "action", at: place, depth: depth)
      if let child, case .number(let weight)? = branch["weight"] {
        weighted.append((weight, child))
      }
    }
    if !branches.isEmpty, branches.allSatisfy({ $0.object["weight"] == .number(0) }) {
      report(
        .invalidWeight, path.appending("shares"),
        "every `weight` is 0, so that no player gets a share; give one of them more")
    }
    let total = weighted.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    var upTo = 0.0
    let shares = weighted.map { share in
      upTo += share.weight
      return (upTo: upTo / total, node: share.child.index)
    }
    let keyBytes = key.map { programs[$0].textBytesBound } ?? TreeLimits.playerIDBytes
    return Body(
      kind: .split(key: key, salt: salt, shares: shares),
      fuelBound: Self.sum(
        Self.sum(
          key.map { programs[$0].fuelBound } ?? 0,
          FuelCost.split + FuelCost.bytes(keyBytes + salt.utf8.count)),
        weighted.map(\.child.fuelBound).max() ?? 0),
      actions: weighted.map(\.child.actions).max() ?? 0)
  }

  /// Compiles the node in a field; `nil` where there is none, or it has errors.
  private mutating func child(
    _ object: JSONObject, _ field: String, at path: JSONPointer, depth: Int
  ) -> Compiled? {
    object[field].flatMap { node($0, at: path.appending(field), depth: depth + 1) }
  }

  /// Compiles the nodes in a list, without those that have errors.
  private mutating func children(
    _ object: JSONObject, _ field: String, at path: JSONPointer, depth: Int
  ) -> [Compiled] {
    var children: [Compiled] = []
    for (index, value) in elements(object, field).enumerated() {
      let place = path.appending(field).appending(index)
      if let child = node(value, at: place, depth: depth + 1) { children.append(child) }
    }
    return children
  }

  /// Takes a node's ID down, unless another has it or it is none.
  private mutating func note(_ value: JSONValue?, at path: JSONPointer) -> String? {
    guard case .string(let id)? = value, NodeField.isIdentifier(id) else { return nil }
    if let first = ids[id] {
      let place = first.description.isEmpty ? "the root" : "`\(first)`"
      report(
        .duplicateID, path.appending("id"),
        "the id `\(id)` belongs to the node at \(place) already; give each its own")
    } else {
      ids[id] = path
    }
    return id
  }

  // MARK: Words

  /// Reports a mistake; past the limit not even its message is made.
  mutating func report(
    _ code: TreeDiagnostic.Code, _ path: @autoclosure () -> JSONPointer,
    _ message: @autoclosure () -> String
  ) {
    guard hasRoomForErrors else { return }
    report(TreeDiagnostic(code: code, path: path(), message: message()))
  }

  /// Whether one more error would be heard.
  var hasRoomForErrors: Bool { errorCount < TreeLimits.diagnostics }

  /// Reports anything; errors and the rest have a limit each, so that no number of warnings refuses a tree.
  mutating func report(_ diagnostic: TreeDiagnostic) {
    let isError = diagnostic.severity == .error
    let count = isError ? errorCount : diagnostics.count - errorCount
    guard count < TreeLimits.diagnostics else { return }
    if isError { errorCount += 1 }
    guard count == TreeLimits.diagnostics - 1 else { return diagnostics.append(diagnostic) }
    let what = isError ? "mistakes" : "warnings"
    diagnostics.append(
      TreeDiagnostic(
        severity: diagnostic.severity, code: .tooManyDiagnostics, path: JSONPointer(),
        message: "there are \(TreeLimits.diagnostics) \(what) and more; mend these first"))
  }

  static func hint(_ name: String, _ known: [String]) -> String {
    guard let nearest = NearestName.nearest(to: name, in: known) else {
      return known.isEmpty ? "; leave it out" : "; there are \(known.joined(separator: ", "))"
    }
    return hint(nearest)
  }

  static func hint(_ nearest: String) -> String { "; did you mean `\(nearest)`?" }

  /// Adds bounds; one that is past all numbers stays there.
  static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, isOver) = left.addingReportingOverflow(right)
    return isOver ? .max : sum
  }
}
