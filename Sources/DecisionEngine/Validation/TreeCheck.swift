internal import Filtrex
internal import JSON

/// Looks for what is certain of a sound tree before any player is there: conditions that always come out the same,
/// branches that are never reached and, with a schema of the context, slips in names and types.
///
/// What a condition has decided is known on its two sides; a node that fails runs none of its children, so that what was
/// evaluated had a value for all of them. Can be set aside after any number of steps, each of which takes one expression.
public struct TreeCheck: Sendable {
  /// A node that is looked at, and what is known there.
  private struct Visit {
    var node: Int
    var facts: Facts
    /// Whether it is never reached; what is wrong in it is told all the same.
    var isDead: Bool
    /// Which of its expressions is next.
    var step = 0
  }

  /// What has been found, in the order of the tree.
  public private(set) var diagnostics: [TreeDiagnostic] = []
  /// RFC 6901 pointers to the nodes that are never reached, without those below them.
  private(set) var unreachable: [String] = []

  private let tree: Tree
  private var checker: ExpressionChecker
  private var visits: [Visit]
  /// Where the expressions of the action stand that is looked at.
  private var places: [TemplatePlace] = []

  /// A check of a tree that is about to begin.
  ///
  /// - Parameters:
  ///   - tree: A sound tree.
  ///   - schema: What its contexts are, if that is known.
  public init(_ tree: Tree, contextSchema schema: ContextSchema? = nil) {
    self.tree = tree
    checker = ExpressionChecker(context: schema?.shape)
    visits = [Visit(node: tree.nodes.count - 1, facts: Facts(), isDead: false)]
  }

  /// RFC 6901 pointer to the node that is looked at.
  public var currentPath: String { visits.last.map { tree.nodes[$0.node].path } ?? "" }

  /// Looks at one expression more.
  ///
  /// - Returns: Whether there is more to look at.
  public mutating func step() -> Bool {
    guard diagnostics.count < TreeLimits.diagnostics, let visit = visits.popLast() else {
      return false
    }
    let node = tree.nodes[visit.node]
    switch node.kind {
    case .condition(let program, let whenTrue, let whenFalse):
      condition(program, whenTrue, whenFalse, node, visit)
    case .sequence(let children, _):
      for child in children.reversed() {
        visits.append(Visit(node: child, facts: visit.facts, isDead: visit.isDead))
      }
    case .choice(let cases, let otherwise): choice(cases, otherwise, node, visit)
    case .split(let key, _, let shares): split(key, shares.map(\.node), node, visit)
    case .action(let number): action(tree.actions[number], node, visit)
    case .unresolved: break
    }
    return !visits.isEmpty
  }

  // MARK: Nodes

  private mutating func condition(
    _ program: Int, _ whenTrue: Int?, _ whenFalse: Int?, _ node: Node, _ visit: Visit
  ) {
    let path = node.path + "/parameters/expression"
    let verdict = checker.condition(
      tree.programs[program].program.expression, at: path, knowing: visit.facts,
      isDead: visit.isDead)
    let sides = [(whenTrue, verdict.whenTrue), (whenFalse, verdict.whenFalse)]
    let dead = sides.filter { $0.1 == nil }.compactMap(\.0)
    conclude(verdict, dead, visit)
    report(at: path)
    for (child, facts) in sides.reversed() {
      enter(child, facts, visit, isDecided: verdict.isDecided)
    }
  }

  private mutating func choice(
    _ cases: [(program: Int, node: Int)], _ otherwise: Int?, _ node: Node, _ visit: Visit
  ) {
    guard visit.step < cases.count else { return enter(otherwise, visit.facts, visit) }
    let (program, child) = cases[visit.step]
    let path = node.path + "/cases/\(visit.step)/expression"
    let verdict = checker.condition(
      tree.programs[program].program.expression, at: path, knowing: visit.facts,
      isDead: visit.isDead)
    let later = cases[(visit.step + 1)...].map(\.node) + (otherwise.map { [$0] } ?? [])
    let dead = (verdict.whenTrue == nil ? [child] : []) + (verdict.whenFalse == nil ? later : [])
    // The last case may well be what is left of all there is.
    if !dead.isEmpty { conclude(verdict, dead, visit) }
    report(at: path)
    var next = visit
    next.step += 1
    next.isDead = visit.isDead || verdict.isDecided && verdict.whenFalse == nil
    next.facts = verdict.whenFalse ?? visit.facts
    visits.append(next)
    enter(child, verdict.whenTrue, visit, isDecided: verdict.isDecided)
  }

  private mutating func split(_ key: Int?, _ shares: [Int], _ node: Node, _ visit: Visit) {
    var facts: Facts? = visit.facts
    if let key {
      let path = node.path + "/parameters/key"
      let outlook = checker.value(
        tree.programs[key].program.expression, at: path, as: [.number, .text],
        for: "the key of a Split",
        knowing: visit.facts, isDead: visit.isDead)
      facts = outlook.facts
      if facts == nil, !visit.isDead { unreachable += shares.map { tree.nodes[$0].path } }
      report(at: path)
    }
    for share in shares.reversed() { enter(share, facts, visit) }
  }

  /// Goes to a child next.
  ///
  /// One that is left out by what was decided is looked at for its mistakes only; one that is only behind a mistake, as
  /// it will be once that is mended.
  private mutating func enter(
    _ child: Int?, _ facts: Facts?, _ visit: Visit, isDecided: Bool = false
  ) {
    guard let child else { return }
    visits.append(
      Visit(
        node: child, facts: facts ?? visit.facts,
        isDead: visit.isDead || isDecided && facts == nil))
  }

  private mutating func conclude(
    _ verdict: ExpressionChecker.Verdict, _ dead: [Int], _ visit: Visit
  ) {
    guard !visit.isDead else { return }
    let paths = dead.map { tree.nodes[$0].path }
    unreachable += paths
    checker.conclude(verdict, unreachable: paths)
  }

  // MARK: Actions

  /// Looks at the next of an action's expressions; each is evaluated only when those before it had values.
  private mutating func action(_ action: ActionNode, _ node: Node, _ visit: Visit) {
    if visit.step == 0 {
      // Found once for all of them: an action has as many as its text is long.
      places = action.parameters.places(
        lengths: action.expressions.map { tree.programs[$0.program].program.expression.utf8.count })
    }
    guard visit.step < min(action.expressions.count, places.count) else { return }
    let place = places[visit.step]
    let path = node.path + "/parameters" + place.path.description
    let parameter = place.keepsType ? action.definition.parameter(at: place.path) : nil
    let outlook = checker.value(
      tree.programs[action.expressions[visit.step].program].program.expression, at: path,
      as: place.keepsType ? parameter?.kinds ?? .value : [.number, .text],
      for: parameter.map { "parameter `\($0.name)`" } ?? "a text", knowing: visit.facts,
      isDead: visit.isDead)
    report(at: path, offset: place.offset)
    // A parameter is looked at when all are rendered: one of the wrong type keeps none from being evaluated.
    let facts = place.keepsType ? outlook.evaluated : outlook.facts
    var next = visit
    next.step += 1
    next.facts = facts ?? visit.facts
    visits.append(next)
  }

  // MARK: Words

  private mutating func report(at path: String, offset: Int = 0) {
    for diagnostic in checker.diagnostics {
      guard diagnostics.count < TreeLimits.diagnostics else { return }
      let range = diagnostic.range
      diagnostics.append(
        TreeDiagnostic(
          severity: diagnostic.severity, code: TreeDiagnostic.Code(diagnostic.code),
          path: JSONPointer(parsing: path) ?? JSONPointer(),
          range: range.lowerBound + offset..<range.upperBound + offset,
          message: diagnostic.message))
      guard diagnostics.count == TreeLimits.diagnostics else { continue }
      diagnostics[diagnostics.count - 1] = TreeDiagnostic(
        severity: .warning, code: .tooManyDiagnostics, path: JSONPointer(),
        message: "there is more to say than \(TreeLimits.diagnostics) things; mend these first")
    }
  }
}

extension ActionDefinition {
  /// The parameter that a place is, if it is not inside of one.
  fileprivate func parameter(at place: JSONPointer) -> Parameter? {
    let names = place.components
    return names.count == 1 ? parameters.first { $0.name == names[0] } : nil
  }
}

extension Parameter {
  /// What its value is in the language.
  fileprivate var kinds: KindSet {
    switch kind {
    case .text, .choice: .text
    case .number: .number
    case .logical: .logical
    case .list: .list
    }
  }
}
