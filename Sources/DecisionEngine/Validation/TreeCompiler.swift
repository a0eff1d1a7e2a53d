internal import Filtrex
internal import JSON

/// Turns a tree's JSON into flat arrays, and collects all that is wrong with it.
///
/// Can be set aside after any step, each of which begins or ends one node, or compiles one expression: nobody
/// waits for all of a large tree. What has begun stands on a stack no deeper than ``TreeLimits/nesting``.
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
  var programs: [SharedProgram] = []
  /// Where the text of each of ``programs`` stands.
  var programPaths: [JSONPointer] = []
  var actions: [ActionNode] = []
  var table = PropertyTable()
  /// About how much memory the programs and their places take, counted as they come: there may be 20,000.
  var programBytes = 0
  /// Memory that the patterns of all programs take.
  var patternBytes = 0
  /// Where each ID stands; in a list beside their index, so that they can be given back one by one.
  private(set) var ids: [(id: String, scope: Int, path: JSONPointer)] = []
  private var idIndex = NameIndex()
  /// The trees that `SubTree` nodes name.
  var subTrees: SubTrees
  private var nodeCount = 0
  private var errorCount = 0
  var hasTooManyExpressions = false
  /// The nodes that have begun, the root first.
  var begun: [BegunNode] = []
  /// Templates that were made and are not needed.
  var discarded: [ParameterTemplate] = []
  /// What came of the root, once it is done; it is the last of ``nodes``.
  private(set) var root: Compiled?

  /// A compiler of one tree.
  ///
  /// - Parameters:
  ///   - value: Its JSON.
  ///   - registry: The actions that it may use.
  ///   - treeID: The name that it is to be published under, which so stands for it; `nil` for none.
  init(_ value: JSONValue, registry: ActionRegistry, treeID: String? = nil) {
    self.registry = registry
    subTrees = SubTrees(rootID: treeID)
    begin(value, at: JSONPointer(), depth: 1, scope: 0)
  }

  /// Goes one step further.
  ///
  /// - Returns: Whether there is more to do.
  mutating func step() -> Bool {
    guard let top = begun.indices.last else { return false }
    subTrees.giveUpWanted()
    if begun[top].reading != nil {
      readTemplates(of: top)
    } else if let step = begun[top].nextStep() {
      take(step, of: top)
    } else {
      end(begun.removeLast())
    }
    return !begun.isEmpty
  }

  private mutating func take(_ step: BegunNode.Step, of top: Int) {
    switch step {
    case .expression(let value, let path):
      begun[top].programs.append(expression(value, at: path))
    case .template(let source):
      if let program = compile(source.text, at: source.path, offset: source.offset) {
        begun[top].expressions.append(
          TemplateExpression(
            program: program, keepsType: source.keepsType, textBegins: source.textBegins))
      }
    case .child(nil, _): deliver(nil)
    case .child(let value?, let path):
      begin(value, at: path, depth: begun[top].depth + 1, scope: begun[top].scope)
    case .subTree(let treeID): takeSubTree(treeID, of: top)
    }
  }

  /// Gives what came of a node to the one that holds it.
  private mutating func deliver(_ compiled: Compiled?) {
    if let above = begun.indices.last {
      begun[above].children.append(compiled)
      return
    }
    root = compiled
    if let compiled, compiled.actions > TreeLimits.actionsOnPath {
      report(
        .tooManyActions, JSONPointer(),
        "one execution can reach \(compiled.actions) actions, over the limit of "
          + "\(TreeLimits.actionsOnPath); split the tree")
    }
  }

  // MARK: Nodes

  /// Begins one node, or gives `nil` for it at once.
  mutating func begin(_ value: JSONValue, at path: JSONPointer, depth: Int, scope: Int) {
    guard depth <= TreeLimits.nesting else {
      report(
        .treeTooDeep, path,
        "nodes are nested more than \(TreeLimits.nesting) deep\(Self.remedy(in: scope))")
      return deliver(nil)
    }
    nodeCount += 1
    guard nodeCount <= TreeLimits.nodes else {
      if nodeCount == TreeLimits.nodes + 1 {
        report(
          .tooManyNodes, path,
          "the tree has more than \(TreeLimits.nodes) nodes\(Self.remedy(in: scope))")
      }
      return deliver(nil)
    }
    guard case .object(let object) = value else {
      report(.wrongType, path, "a node is an object, and this is \(value.named)")
      return deliver(nil)
    }
    let id = note(object["id"], at: path, scope: scope)
    var node = BegunNode(path: path, depth: depth, scope: scope, id: id)
    guard let (meaning, isKnown) = meaning(of: object, at: path) else {
      planWithoutType(object, &node)
      begun.append(node)
      return
    }
    if isKnown, case .string(let type)? = object["type"] { node.type = type }
    let parameters = self.parameters(of: object, at: path)
    switch meaning {
    case .action(let definition):
      checkFields(of: object, NodeType.commonFields, of: definition.article, at: path)
      plan(definition, parameters, &node)
    case .node(let type):
      let declaration = type.declaration
      let meant = checkFields(
        of: object, declaration.allFields, of: declaration.article, at: path)
      checkAlternatives(of: declaration, object, meant, at: path)
      checkParameters(parameters, declaration.parameters, of: declaration.article, at: path)
      plan(type, object, parameters, &node)
    }
    begun.append(node)
  }

  /// Ends a node of which every step was taken.
  private mutating func end(_ node: BegunNode) {
    // What stands for another tree is that tree: running it costs nothing of its own.
    if node.treeID != nil, let root = node.children.first { return deliver(root) }
    guard let body = body(of: node), let type = node.type else { return deliver(nil) }
    nodes.append(
      Node(
        at: nodes.count, type: type, path: node.path.description, id: node.id, kind: body.kind))
    deliver(
      Compiled(
        index: nodes.count - 1, fuelBound: Self.sum(FuelCost.node, body.fuelBound),
        actions: body.actions))
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

  /// Takes a node's ID down, unless another has it or it is none.
  private mutating func note(
    _ value: JSONValue?, at nodePath: JSONPointer, scope: Int
  ) -> String? {
    guard case .string(let id)? = value, NodeField.isIdentifier(id) else { return nil }
    // Each place of a sub-tree has the same IDs: they are told apart before they are compared.
    let hash = NameIndex.hash(id.utf8.span) &+ UInt32(truncatingIfNeeded: scope) &* 0x9E37_79B1
    if let first = idIndex.find(hash, where: { ids[$0].scope == scope && ids[$0].id == id }) {
      let path = ids[first].path
      let place = path.byteCount == 0 ? "the root" : "`\(path)`"
      report(
        .duplicateID, nodePath.appending("id"),
        "the id `\(id)` belongs to the node at \(place) already; give each its own")
    } else {
      idIndex.insert(hash, at: ids.count, count: ids.count)
      ids.append((id, scope, nodePath))
    }
    return id
  }

  // MARK: What is left

  /// What is still to be done for the nodes that have begun.
  var stepsLeft: [[BegunNode.Step]] { begun.map(\.steps) }
  /// What the actions among them are rendered of, and what was made of their parameters for nothing.
  var templatesLeft: [ParameterTemplate] {
    discarded + begun.flatMap { $0.reading?.made ?? [] }
      + begun.compactMap { if case .action(_, let template) = $0.plan { template } else { nil } }
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
