internal import JSON

/// A node that is being compiled: what is still to do for it, and what came of what was done.
struct BegunNode {
  /// One thing to do, in the order of the tree.
  enum Step {
    /// The expression in a field; nothing where there is none.
    case expression(JSONValue?, JSONPointer)
    /// An expression of an action's templates.
    case template(TemplateSource)
    /// The root of the published tree of that name.
    case subTree(String)
    /// A node below this one; nothing where there is none.
    case child(JSONValue?, JSONPointer)
  }

  /// What the node will do once everything in it is compiled.
  enum Plan {
    /// Nothing that is known; it has errors.
    case nothing
    case condition(hasTrueAction: Bool)
    case sequence(stopsOnFailure: Bool)
    case choice(cases: Int)
    /// With the weight of each share; `nil` where it is none.
    case split(salt: String, weights: [Double?])
    case action(ActionDefinition, ParameterTemplate)
    /// With the name of the published tree that stands for it.
    case subTree(String)
  }

  /// What a node does, and what that may take.
  struct Body {
    var kind: Node.Kind
    var fuelBound: Int
    var actions: Int
  }

  let path: JSONPointer
  let depth: Int
  /// Which tree it is a node of: 0 for the whole one, a number of its own for each place of a sub-tree.
  let scope: Int
  let id: String?
  /// The type as the tree spells it; `nil` where nobody knows it.
  var type: String?
  var plan = Plan.nothing
  var steps: [Step] = []
  /// An action's parameters that are being taken apart, before any step is taken.
  var reading: TemplateReading?
  private var taken = 0
  /// What came of the expressions, the nodes below and the templates, each in order.
  var programs: [Int?] = []
  var children: [TreeCompiler.Compiled?] = []
  var expressions: [TemplateExpression] = []

  init(path: JSONPointer, depth: Int, scope: Int, id: String?) {
    self.path = path
    self.depth = depth
    self.scope = scope
    self.id = id
  }

  /// The next thing to do; `nil` when all is done.
  mutating func nextStep() -> Step? {
    guard taken < steps.count else { return nil }
    taken += 1
    return steps[taken - 1]
  }

  /// Lets the last step be taken again.
  mutating func putBack() { taken -= 1 }

  /// The published tree that it stands for.
  var treeID: String? { if case .subTree(let treeID) = plan { treeID } else { nil } }
}

/// An expression of a template before it is compiled.
struct TemplateSource {
  let text: String
  /// Where the template stands.
  let path: JSONPointer
  /// Where in the template the expression begins, in bytes.
  let offset: Int
  let keepsType: Bool
  let textBegins: Int?
}
