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
  private var ids: [String: JSONPointer] = [:]
  private var nodeCount = 0

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
      report(.wrongType, path, "a node is an object, and this is \(Self.named(value))")
      return nil
    }
    let id = checkCommonFields(object, at: path)
    guard let type = type(of: object, at: path) else { return nil }
    let parameters = self.parameters(of: object, at: path)
    guard let kind = NodeType(rawValue: type) else {
      guard let definition = registry[type] else {
        reportUnknownType(type, at: path.appending("type"))
        return nil
      }
      checkFields(of: object, beyond: [], of: type, at: path)
      return add(action(definition, parameters, at: path), type, path, id)
    }
    checkFields(of: object, beyond: kind.fields, of: type, at: path)
    checkParameters(parameters, known: kind.parameters, of: type, at: path)
    let body: Body? =
      switch kind {
      case .condition: condition(object, parameters, at: path, depth: depth)
      case .sequence: sequence(object, parameters, at: path, depth: depth)
      case .choice: choice(object, at: path, depth: depth)
      case .split: split(object, parameters, at: path, depth: depth)
      }
    return add(body, type, path, id)
  }

  /// What a node does, and what that may take.
  struct Body {
    var kind: Node.Kind
    var fuelBound: Int
    var actions: Int
  }

  private mutating func add(
    _ body: Body?, _ type: String, _ path: JSONPointer, _ id: String?
  ) -> Compiled? {
    guard let body else { return nil }
    nodes.append(Node(type: type, path: path.description, id: id, kind: body.kind))
    return Compiled(
      index: nodes.count - 1, fuelBound: Self.sum(FuelCost.node, body.fuelBound),
      actions: body.actions)
  }

  private mutating func condition(
    _ object: JSONObject, _ parameters: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    let program = expression(
      parameters["expression"], named: "expression",
      at: path.appending("parameters").appending("expression"))
    if object["trueAction"] == nil && object["falseAction"] == nil {
      report(
        .missingField, path, "a Condition needs `trueAction`, `falseAction` or both")
    }
    let whenTrue = object["trueAction"].flatMap {
      node($0, at: path.appending("trueAction"), depth: depth + 1)
    }
    let whenFalse = object["falseAction"].flatMap {
      node($0, at: path.appending("falseAction"), depth: depth + 1)
    }
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
    var stops = false
    if let value = parameters["onFailure"] {
      if value == .string("stop") {
        stops = true
      } else if value != .string("continue") {
        report(
          .invalidParameter, path.appending("parameters").appending("onFailure"),
          "`onFailure` is \"continue\" or \"stop\"")
      }
    }
    guard let list = list(object, "actions", at: path) else { return nil }
    var children: [Compiled] = []
    for (index, value) in list.enumerated() {
      let place = path.appending("actions").appending(index)
      if let child = node(value, at: place, depth: depth + 1) { children.append(child) }
    }
    return Body(
      kind: .sequence(children: children.map(\.index), stopsOnFailure: stops),
      fuelBound: children.reduce(0) { Self.sum($0, $1.fuelBound + FuelCost.step) },
      actions: children.reduce(0) { $0 + $1.actions })
  }

  private mutating func choice(
    _ object: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    let otherwise = object["defaultAction"].flatMap {
      node($0, at: path.appending("defaultAction"), depth: depth + 1)
    }
    guard let list = list(object, "cases", at: path) else { return nil }
    var cases: [(program: Int, node: Int)] = []
    var fuelBound = 0
    var longest = otherwise?.fuelBound ?? 0
    var actions = otherwise?.actions ?? 0
    for (index, value) in list.enumerated() {
      let place = path.appending("cases").appending(index)
      guard let branch = branch(value, ["expression", "action"], at: place) else { continue }
      let program = expression(
        branch["expression"], named: "expression", at: place.appending("expression"))
      let child = action(of: branch, at: place, depth: depth)
      guard let program, let child else { continue }
      cases.append((program, child.index))
      fuelBound = Self.sum(fuelBound, programs[program].fuelBound + FuelCost.step)
      longest = max(longest, child.fuelBound)
      actions = max(actions, child.actions)
    }
    return Body(
      kind: .choice(cases: cases, otherwise: otherwise?.index),
      fuelBound: Self.sum(fuelBound, longest), actions: actions)
  }

  private mutating func split(
    _ object: JSONObject, _ parameters: JSONObject, at path: JSONPointer, depth: Int
  ) -> Body? {
    let place = path.appending("parameters")
    var key: Int?
    if let value = parameters["key"] {
      key = expression(value, named: "key", at: place.appending("key"))
    }
    var salt = ""
    switch parameters["salt"] {
    case .string(let text)?: salt = text
    case nil: break
    case let value?:
      report(
        .wrongType, place.appending("salt"), "`salt` is a text, and this is \(Self.named(value))")
    }
    guard let list = list(object, "shares", at: path) else { return nil }
    var weighted: [(weight: Double, child: Compiled)] = []
    var total = 0.0
    for (index, value) in list.enumerated() {
      let place = path.appending("shares").appending(index)
      guard let branch = branch(value, ["weight", "action"], at: place) else { continue }
      let child = action(of: branch, at: place, depth: depth)
      guard case .number(let weight)? = branch["weight"], weight >= 0 else {
        report(
          .invalidWeight, place.appending("weight"), "a share's `weight` is a number, not negative")
        continue
      }
      total += weight
      if let child { weighted.append((weight, child)) }
    }
    guard total > 0, total.isFinite else {
      report(
        .invalidWeight, path.appending("shares"),
        "the weights of a Split add up to more than zero; give one of them some")
      return nil
    }
    var upTo = 0.0
    let shares = weighted.map { share in
      upTo += share.weight
      return (upTo: upTo / total, node: share.child.index)
    }
    let keyBound = key.map { programs[$0].fuelBound } ?? 0
    return Body(
      kind: .split(key: key, salt: salt, shares: shares),
      fuelBound: Self.sum(
        Self.sum(keyBound, FuelCost.split + FuelCost.bytes(TreeLimits.renderedTextBytes * 2)),
        weighted.map(\.child.fuelBound).max() ?? 0),
      actions: weighted.map(\.child.actions).max() ?? 0)
  }

  private mutating func action(
    of branch: JSONObject, at path: JSONPointer, depth: Int
  ) -> Compiled? {
    guard let value = branch["action"] else {
      report(.missingField, path, "an `action` is missing")
      return nil
    }
    return node(value, at: path.appending("action"), depth: depth + 1)
  }

  // MARK: Shapes

  private mutating func branch(
    _ value: JSONValue, _ fields: [String], at path: JSONPointer
  ) -> JSONObject? {
    guard case .object(let object) = value else {
      report(.wrongType, path, "expected an object, found \(Self.named(value))")
      return nil
    }
    for key in object.keys where !fields.contains(key) {
      report(
        .unknownField, path.appending(key),
        "there is no field `\(key)` here" + Self.hint(key, fields))
    }
    return object
  }

  private mutating func list(
    _ object: JSONObject, _ field: String, at path: JSONPointer
  ) -> [JSONValue]? {
    guard let value = object[field] else {
      report(.missingField, path, "`\(field)` is missing")
      return nil
    }
    guard case .array(let elements) = value else {
      report(
        .wrongType, path.appending(field), "`\(field)` is a list, and this is \(Self.named(value))")
      return nil
    }
    guard (1...TreeLimits.children).contains(elements.count) else {
      report(
        .wrongChildCount, path.appending(field),
        "`\(field)` has \(elements.count) elements; it may have 1 to \(TreeLimits.children)")
      return nil
    }
    return elements
  }

  private mutating func type(of object: JSONObject, at path: JSONPointer) -> String? {
    switch object["type"] {
    case .string(let type)?: return type
    case nil:
      report(.missingField, path, "a node needs a `type`")
      return nil
    case let value?:
      report(
        .wrongType, path.appending("type"), "`type` is a text, and this is \(Self.named(value))")
      return nil
    }
  }

  private mutating func parameters(of object: JSONObject, at path: JSONPointer) -> JSONObject {
    switch object["parameters"] {
    case .object(let parameters)?: return parameters
    case nil: return JSONObject()
    case let value?:
      report(
        .wrongType, path.appending("parameters"),
        "`parameters` is an object, and this is \(Self.named(value))")
      return JSONObject()
    }
  }

  private mutating func checkCommonFields(
    _ object: JSONObject, at path: JSONPointer
  ) -> String? {
    for field in ["name", "description"] {
      if let value = object[field], value.typeName != "string" {
        report(
          .wrongType, path.appending(field),
          "`\(field)` is a text, and this is \(Self.named(value))")
      }
    }
    if let value = object["metadata"], value.typeName != "object" {
      report(
        .wrongType, path.appending("metadata"),
        "`metadata` is an object, and this is \(Self.named(value))")
    }
    guard let value = object["id"] else { return nil }
    let place = path.appending("id")
    guard case .string(let id) = value, (1...64).contains(id.utf8.count),
      id.utf8.allSatisfy(Self.isOfID)
    else {
      report(.invalidID, place, "an `id` has 1 to 64 of A-Z, a-z, 0-9, _ and -")
      return nil
    }
    if let first = ids[id] {
      report(.duplicateID, place, "id `\(id)` stands at `\(first)` already; give each its own")
    } else {
      ids[id] = path
    }
    return id
  }

  private static func isOfID(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func checkFields(
    of object: JSONObject, beyond fields: [String], of type: String, at path: JSONPointer
  ) {
    let known = NodeType.commonFields + fields
    for key in object.keys where !known.contains(key) {
      report(
        .unknownField, path.appending(key),
        "a \(type) has no field `\(key)`" + Self.hint(key, known))
    }
  }

  mutating func checkParameters(
    _ parameters: JSONObject, known: [String], of type: String, at path: JSONPointer
  ) {
    for key in parameters.keys where !known.contains(key) {
      report(
        .unknownParameter, path.appending("parameters").appending(key),
        "a \(type) has no parameter `\(key)`" + Self.hint(key, known))
    }
  }

  private mutating func reportUnknownType(_ type: String, at path: JSONPointer) {
    let known = NodeType.allCases.map(\.rawValue) + registry.names
    report(
      .unknownAction, path,
      "there is no node or action `\(type)`" + Self.hint(type, known))
  }

  // MARK: Words

  mutating func report(
    _ code: TreeDiagnostic.Code, _ path: JSONPointer, _ message: String
  ) {
    report(TreeDiagnostic(code: code, path: path, message: message))
  }

  mutating func report(_ diagnostic: TreeDiagnostic) {
    guard diagnostics.count < TreeLimits.diagnostics else { return }
    diagnostics.append(diagnostic)
    if diagnostics.count == TreeLimits.diagnostics {
      diagnostics[diagnostics.count - 1] = TreeDiagnostic(
        code: .tooManyDiagnostics, path: JSONPointer(),
        message: "there are \(TreeLimits.diagnostics) mistakes and more; mend these first")
    }
  }

  static func hint(_ name: String, _ known: [String]) -> String {
    guard let nearest = NearestName.nearest(to: name, in: known) else {
      return known.isEmpty ? "" : "; known are \(known.joined(separator: ", "))"
    }
    return "; did you mean `\(nearest)`?"
  }

  static func named(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "a logical"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// Adds bounds; one that is past all numbers stays there.
  static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, isOver) = left.addingReportingOverflow(right)
    return isOver ? .max : sum
  }
}
