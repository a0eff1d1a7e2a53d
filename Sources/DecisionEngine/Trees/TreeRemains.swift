internal import Filtrex
public import JSON

/// What is left of a tree that nobody uses any more, or of the making of one, given back in steps.
///
/// A tree at its limits holds some 100,000 pieces of memory, its JSON twice as many, and giving all of them back at once
/// takes longer than whoever serves others may let them wait.
public struct TreeRemains: Sendable {
  private var nodes: [Node] = []
  private var programs: [SharedProgram] = []
  private var programPaths: [JSONPointer] = []
  private var actions: [ActionNode] = []
  /// What was still to be done for nodes that had begun.
  private var steps: [[BegunNode.Step]] = []
  private var ids: [(id: String, scope: Int, path: JSONPointer)] = []
  private var templates = TemplateRemains()
  private var values: [JSONRemains] = []
  private var schema: SchemaRemains?

  /// What is left of other JSON.
  public init(_ json: JSONRemains) { values = [json] }

  init(of tree: Tree) {
    nodes = tree.nodes
    programs = tree.programs
    programPaths = tree.programPaths
    actions = tree.actions
  }

  /// What is left of a tree's JSON, and of its compilation where no tree came of it.
  init(of value: consuming JSONValue, _ compiler: TreeCompiler?, _ unread: JSONRemains?) {
    if let compiler {
      nodes = compiler.nodes
      programs = compiler.programs
      programPaths = compiler.programPaths
      actions = compiler.actions
      steps = compiler.stepsLeft
    }
    values = [JSONRemains(of: value)]
    if let unread { values.append(unread) }
  }

  /// Takes what a tree does without, too: its IDs, templates that were not needed, and its sub-trees' JSON.
  mutating func add(_ compiler: TreeCompiler) {
    ids = compiler.ids
    templates = TemplateRemains(compiler.templatesLeft)
    values += compiler.subTrees.values.map { JSONRemains(of: $0) }
  }

  /// Takes what is left of the schema of a tree's contexts.
  public mutating func add(_ schema: SchemaRemains) { self.schema = schema }

  /// Gives back a few pieces more.
  ///
  /// - Returns: Whether there is more.
  public mutating func step() -> Bool {
    // What lies in templates and steps lies in the JSON as well, which is taken apart when nobody else holds on to it.
    if templates.step(&values) { return true }
    if schema?.step() == true { return true }
    schema = nil
    if let last = steps.indices.last {
      if steps[last].popLast() == nil { steps.removeLast() }
      return true
    }
    let node = nodes.popLast()
    let program = programs.popLast()
    let path = programPaths.popLast()
    let id = ids.popLast()
    let action = actions.popLast()
    if let action { templates.add(action.parameters) }
    if node != nil || program != nil || path != nil || id != nil || action != nil { return true }
    guard let last = values.indices.last else { return false }
    if !values[last].step(values: TreeLimits.valuesPerStep) { values.removeLast() }
    return !values.isEmpty
  }
}
