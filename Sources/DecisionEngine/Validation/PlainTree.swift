internal import Filtrex
internal import Hashes
internal import JSON

/// Compiles a small tree in one go, straight from its text, where there is nothing to say of it.
///
/// Makes what ``TreePreparation`` makes in steps, by way of ``TreeCompiler``, and declines where that would have anything
/// to say: a mistake, a warning, a published tree to be looked up. What is wrong is said in one place, there; here stands
/// what is right, and tests hold the two together.
struct PlainTree {
  /// Why nothing comes of it here; what it is, the slow way says.
  struct Declined: Error {}

  let tape: JSONTape
  private let registry: ActionRegistry
  private var nodes: [Node] = []
  var programs: [SharedProgram] = []
  var programPaths: [JSONPointer] = []
  var programBytes = 0
  var actions: [ActionNode] = []
  var table = PropertyTable()
  /// Where the IDs stand.
  private var ids: [Int] = []

  private init(_ tape: JSONTape, _ registry: ActionRegistry) {
    self.tape = tape
    self.registry = registry
    // What most trees have that are compiled here.
    nodes.reserveCapacity(4)
    actions.reserveCapacity(4)
    programs.reserveCapacity(2)
    programPaths.reserveCapacity(2)
  }

  /// The tree of a text.
  ///
  /// - Parameters:
  ///   - json: At most ``TreeLimits/plainBytes``, so that all of it takes a part of a slice.
  ///   - registry: The actions that it may use.
  ///   - heir: As of a ``TreePreparation``.
  /// - Returns: The tree; `nil` where there may be something to say of it.
  static func compile(
    _ json: [UInt8], registry: ActionRegistry, heir: (@Sendable (TreeRemains) -> Void)?
  ) -> Tree? {
    guard let tape = JSONTape(json) else { return nil }
    var compiler = PlainTree(tape, registry)
    do throws(Declined) {
      let root = try compiler.node(at: 0, path: "", depth: 1)
      return compiler.tree(root, heir: heir)
    } catch {
      return nil
    }
  }

  private func tree(
    _ root: TreeCompiler.Compiled, heir: (@Sendable (TreeRemains) -> Void)?
  ) -> Tree? {
    guard root.actions <= TreeLimits.actionsOnPath else { return nil }
    let canonical = tape.canonical()
    // Safe: bytes of any content are bytes.
    let digest = unsafe SHA256.digest(of: canonical.span.bytes)
    return Tree(
      canonicalJSON: canonical, digest: digest, fuelBound: root.fuelBound, nodes: nodes,
      programs: programs, programPaths: programPaths, programBytes: programBytes, actions: actions,
      table: table, subTrees: SubTrees(rootID: nil), heir: heir)
  }

  // MARK: Nodes

  /// Compiles the node at a place; as deep as the text.
  mutating func node(
    at place: Int?, path: String, depth: Int
  ) throws(Declined) -> TreeCompiler.Compiled {
    guard let place, depth <= TreeLimits.nesting, nodes.count < TreeLimits.nodes else {
      throw Declined()
    }
    let members = try members(of: place)
    guard let typePlace = members[.type], tape.isText(typePlace) else { throw Declined() }
    try checkCommon(members)
    let id = try identifier(at: members[.id])
    let type = tape.string(at: typePlace)
    let body: BegunNode.Body
    if let node = NodeType(name: type) {
      body = try self.body(of: node, members, path, depth)
    } else {
      guard let definition = registry[type], members.names.isSubset(of: .common) else {
        throw Declined()
      }
      body = try action(definition, at: members[.parameters], path)
    }
    nodes.append(Node(at: nodes.count, type: type, path: path, id: id, kind: body.kind))
    return TreeCompiler.Compiled(
      index: nodes.count - 1, fuelBound: TreeCompiler.sum(FuelCost.node, body.fuelBound),
      actions: body.actions)
  }

  func require(_ condition: Bool) throws(Declined) {
    guard condition else { throw Declined() }
  }

  /// The members of the object at a place; of nothing where there is none.
  func members(of place: Int?) throws(Declined) -> PlainMembers {
    guard let place else { return PlainMembers() }
    guard tape[place] == .object, let members = PlainMembers(of: place, in: tape) else {
      throw Declined()
    }
    return members
  }

  /// A node's parameters, where neither it nor they have other names than these.
  private func parameters(
    of members: PlainMembers, _ fields: PlainMembers.Names, _ names: PlainMembers.Names
  ) throws(Declined) -> PlainMembers {
    let parameters = try self.members(of: members[.parameters])
    try require(members.names.isSubset(of: fields) && parameters.names.isSubset(of: names))
    return parameters
  }

  /// What is kept and not read.
  private func checkCommon(_ members: PlainMembers) throws(Declined) {
    if let name = members[.name] { try require(tape.isText(name)) }
    if let description = members[.description] { try require(tape.isText(description)) }
    if let metadata = members[.metadata] { try require(tape[metadata] == .object) }
  }

  /// A node's ID, which no other has.
  private mutating func identifier(at place: Int?) throws(Declined) -> String? {
    guard let place else { return nil }
    try require(tape.isText(place))
    let id = tape.string(at: place)
    try require(NodeField.isIdentifier(id))
    // A hundred or two at most, of so small a tree.
    for other in ids where tape.text(at: other).hasSameBytes(as: tape.text(at: place)) {
      throw Declined()
    }
    ids.append(place)
    return id
  }

  private mutating func body(
    of type: NodeType, _ members: PlainMembers, _ path: String, _ depth: Int
  ) throws(Declined) -> BegunNode.Body {
    switch type {
    case .condition: try condition(members, path, depth)
    case .sequence: try sequence(members, path, depth)
    case .choice: try choice(members, path, depth)
    case .split: try split(members, path, depth)
    case .subTree: throw Declined()
    }
  }

  private mutating func child(
    at place: Int?, _ path: String, _ depth: Int
  ) throws(Declined) -> TreeCompiler.Compiled? {
    place == nil ? nil : try node(at: place, path: path, depth: depth + 1)
  }

  private mutating func condition(
    _ members: PlainMembers, _ path: String, _ depth: Int
  ) throws(Declined) -> BegunNode.Body {
    let parameters = try self.parameters(of: members, .condition, .conditionParameters)
    try require((members[.trueAction] ?? members[.falseAction]) != nil)
    let program = try expression(at: parameters[.expression], path, "/parameters/expression")
    let whenTrue = try child(at: members[.trueAction], path + "/trueAction", depth)
    let whenFalse = try child(at: members[.falseAction], path + "/falseAction", depth)
    return BegunNode.Body(
      condition: program, fuelBound: programs[program].program.fuelBound, whenTrue: whenTrue,
      whenFalse: whenFalse)
  }

  private mutating func sequence(
    _ members: PlainMembers, _ path: String, _ depth: Int
  ) throws(Declined) -> BegunNode.Body {
    let parameters = try self.parameters(of: members, .sequence, .sequenceParameters)
    var stopsOnFailure = false
    if let place = parameters[.onFailure] {
      try require(tape.isText(place))
      guard let onFailure = NodeType.OnFailure(rawValue: tape.string(at: place)),
        onFailure.rawValue.utf8.span.hasSameBytes(as: tape.text(at: place))
      else { throw Declined() }
      stopsOnFailure = onFailure == .stop
    }
    var children: [TreeCompiler.Compiled] = []
    for place in try elements(at: members[.actions]) {
      children.append(
        try node(at: place, path: "\(path)/actions/\(children.count)", depth: depth + 1))
    }
    return BegunNode.Body(sequence: children, stopsOnFailure: stopsOnFailure)
  }

  private mutating func choice(
    _ members: PlainMembers, _ path: String, _ depth: Int
  ) throws(Declined) -> BegunNode.Body {
    _ = try self.parameters(of: members, .choice, .choiceParameters)
    var cases: [(program: Int, fuelBound: Int, child: TreeCompiler.Compiled)] = []
    for place in try elements(at: members[.cases]) {
      let branch = try self.members(of: place)
      try require(branch.names == .caseFields)
      let place = "\(path)/cases/\(cases.count)"
      let program = try expression(at: branch[.expression], place, "/expression")
      let child = try node(at: branch[.action], path: place + "/action", depth: depth + 1)
      cases.append((program, programs[program].program.fuelBound, child))
    }
    let otherwise = try child(at: members[.defaultAction], path + "/defaultAction", depth)
    return BegunNode.Body(choice: cases, otherwise: otherwise)
  }

  private mutating func split(
    _ members: PlainMembers, _ path: String, _ depth: Int
  ) throws(Declined) -> BegunNode.Body {
    let parameters = try self.parameters(of: members, .split, .splitParameters)
    var salt = ""
    if let place = parameters[.salt] {
      try require(tape.isText(place))
      salt = tape.string(at: place)
    }
    var key: Int?
    if let place = parameters[.key] { key = try expression(at: place, path, "/parameters/key") }
    var weighted: [(weight: Double, child: TreeCompiler.Compiled)] = []
    for place in try elements(at: members[.shares]) {
      let branch = try self.members(of: place)
      try require(branch.names == .shareFields)
      guard let weight = branch[.weight], tape[weight] == .number,
        (0...TreeLimits.weight).contains(tape.number(at: weight))
      else { throw Declined() }
      let child = try node(
        at: branch[.action], path: "\(path)/shares/\(weighted.count)/action", depth: depth + 1)
      weighted.append((tape.number(at: weight), child))
    }
    let body = BegunNode.Body(
      split: key.map { ($0, programs[$0].program) }, salt: salt, weighted)
    guard let body else { throw Declined() }
    return body
  }

  /// The places of a list's elements, of which there are as many as a node may have.
  private func elements(at place: Int?) throws(Declined) -> [Int] {
    guard let place, tape[place] == .list else { throw Declined() }
    var elements: [Int] = []
    var element = tape.first(in: place)
    while element < tape.end(of: place) {
      elements.append(element)
      element = tape.end(of: element)
    }
    try require((1...TreeLimits.children).contains(elements.count))
    return elements
  }
}
