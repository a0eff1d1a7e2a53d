/// Says of the expressions of one tree what is certain before any context is there: what has no value, what is always
/// true, what is never reached.
///
/// It evaluates with shapes in the place of values, and carries along what each way through an expression, and from one
/// expression of a tree to those below, lets be known of its properties. Whatever it calls certain holds for every
/// context that the schema admits; where it is not sure it says nothing.
///
/// Recursion follows the nesting of the expression, which the parser has bounded; a chain of operators, however long,
/// is walked in a loop.
package struct ExpressionChecker: Sendable {
  /// What a part of an expression comes to.
  struct Estimate {
    var shape: ValueShape
    /// What is known once it has a value; `nil` where it never has one.
    var facts: Facts?
    var subject: SubjectTable.ID?
    /// Each element of a list that is written out.
    var elements: [ValueShape]?
    /// Whether the schema says what it is.
    var isDeclared = false

    /// What never has a value.
    static let none = Estimate(shape: .nothing)
  }

  /// How a condition can come out.
  struct Decision {
    /// What is known once it is true; `nil` where it never is.
    var whenTrue: Facts?
    /// What is known once it is false; `nil` where it never is.
    var whenFalse: Facts?
    /// The finding that says why only one of the two is left.
    var cause: Int?

    var isConstant: Bool { (whenTrue == nil) != (whenFalse == nil) }
    var negated: Decision { Decision(whenTrue: whenFalse, whenFalse: whenTrue, cause: cause) }
  }

  /// What is said of a part of an expression.
  enum Mode {
    case speaking
    /// The part is never reached: its mistakes are told, and nothing of how it would come out.
    case dead
    /// The part is looked at a second time, for the reason of something.
    case silent
  }

  /// An expression of the tree, and where it stands.
  struct Place: Sendable {
    var path: String
    var expression: String
  }

  var context: ObjectShape
  /// Whether the context was declared by somebody.
  let hasSchema: Bool
  var subjects = SubjectTable()
  var places: [Place] = []
  var tree = SyntaxTree()
  var findings: [Finding] = []
  var mode = Mode.speaking
  var serial = 0
  /// Parts that may still be looked at again for the reasons of what is said of one expression.
  var reasonsLeft = 0

  /// A checker of the expressions of one tree.
  ///
  /// - Parameter context: What the context is, if anybody says so.
  package init(context: ObjectShape? = nil) {
    self.context = context ?? .any
    hasSchema = context != nil
  }

  // MARK: - The door

  /// How a condition can come out at its place in a tree.
  package struct Verdict: Sendable {
    /// What is known where it is true; `nil` where it never is.
    package let whenTrue: Facts?
    /// What is known where it is false; `nil` where it never is.
    package let whenFalse: Facts?
    let cause: Int?

    /// Whether it always comes out the same; one that never has a value does not come out at all.
    package var isDecided: Bool { (whenTrue == nil) != (whenFalse == nil) }
  }

  /// What an expression can come to at its place in a tree.
  package struct Outlook: Sendable {
    /// The values it can have.
    package let shape: ValueShape
    /// What is known once it has one; `nil` where it never has.
    package let evaluated: Facts?
    /// What is known once that is of a kind that does; `nil` where it never is.
    package let facts: Facts?
  }

  /// Checks a condition.
  ///
  /// - Parameters:
  ///   - expression: One that compiles.
  ///   - path: Where it stands in its tree, for what is said of those below.
  ///   - facts: What is known there.
  ///   - isDead: Whether it is known that nothing comes there.
  /// - Returns: How it can come out; what there is to say is in ``diagnostics``.
  package mutating func condition(
    _ expression: String, at path: String, knowing facts: Facts, isDead: Bool = false
  ) -> Verdict {
    begin(expression, at: path, isDead: isDead)
    let decision = condition(tree.root, facts)
    return Verdict(
      whenTrue: decision.whenTrue, whenFalse: decision.whenFalse, cause: decision.cause)
  }

  /// Checks an expression whose value is used as it is.
  ///
  /// - Parameters:
  ///   - expression: One that compiles.
  ///   - path: Where it stands in its tree, for what is said of those below.
  ///   - kinds: What its value must be; a list of one counts unless lists are wanted.
  ///   - user: What wants it so, for messages.
  ///   - facts: What is known there.
  ///   - isDead: Whether it is known that nothing comes there.
  /// - Returns: What it can come to; what there is to say is in ``diagnostics``.
  package mutating func value(
    _ expression: String, at path: String, as kinds: KindSet, for user: String,
    knowing facts: Facts, isDead: Bool = false
  ) -> Outlook {
    begin(expression, at: path, isDead: isDead)
    let estimate = value(tree.root, facts)
    let taken = take(estimate, as: kinds, tree.root, for: user, knowing: estimate.facts)
    return Outlook(shape: estimate.shape, evaluated: estimate.facts, facts: taken.facts)
  }

  private mutating func begin(_ expression: String, at path: String, isDead: Bool) {
    tree = Parser(expression).tree
    places.append(Place(path: path, expression: expression))
    findings = []
    reasonsLeft = Limits.checkedReasons
    mode = isDead ? .dead : .speaking
  }

  /// Says what the last condition's verdict means for the branches of its node.
  ///
  /// - Parameters:
  ///   - verdict: What ``condition(_:at:knowing:isDead:)`` has just given.
  ///   - unreachable: Paths of the nodes that are never reached because of it.
  package mutating func conclude(_ verdict: Verdict, unreachable: [String]) {
    let decision = Decision(
      whenTrue: verdict.whenTrue, whenFalse: verdict.whenFalse, cause: verdict.cause)
    guard decision.isConstant, mode == .speaking else { return }
    var consequence: String?
    if let first = unreachable.first {
      let others = unreachable.count - 1
      let more = others == 0 ? " is" : others == 1 ? " and one more are" : " and \(others) more are"
      consequence = "`\(ShapeText.path(first))`\(more) never reached"
    } else if isLiteral(tree.root) {
      // Whoever writes `true` means it.
      return
    }
    absorb(decision, tree.root, since: 0, within: tree[tree.root].range, consequence)
  }

  func isLiteral(_ id: SyntaxTree.NodeID) -> Bool {
    if case .constant = tree[id].kind { true } else { false }
  }

  // MARK: - Knowledge

  /// Adds to `facts` that what was estimated is of `shape`; `nil` where that can not be.
  mutating func learn(
    _ facts: Facts?, _ estimate: Estimate, is shape: ValueShape, _ source: FactSource
  ) -> Facts? {
    guard let facts, !shape.isEmpty else { return nil }
    guard let subject = estimate.subject, estimate.shape.single == nil else { return facts }
    guard let known = facts[subject] else {
      return shape.isSame(as: estimate.shape)
        ? facts : facts.adding(subject, shape, source, serial: nextSerial())
    }
    let both = known.intersection(shape)
    guard !both.isEmpty else { return nil }
    return both.isSame(as: known)
      ? facts : facts.adding(subject, both, source, serial: nextSerial())
  }

  /// What is known whichever of two ways was taken; `nil` is a way that nobody takes.
  mutating func join(_ left: Facts?, _ right: Facts?, _ range: Range<Int>) -> Facts? {
    guard let left, let right else { return left ?? right }
    return left.joined(with: right, source(range), serial: nextSerial())
  }

  func source(_ range: Range<Int>, _ outcome: Bool? = nil) -> FactSource {
    FactSource(place: places.count - 1, range: range, outcome: outcome)
  }

  private mutating func nextSerial() -> Int {
    serial += 1
    return serial
  }

  /// The estimate with what is known of its subject.
  func recalled(_ estimate: Estimate) -> Estimate {
    guard let subject = estimate.subject, let known = estimate.facts?[subject] else {
      return estimate
    }
    var recalled = estimate
    recalled.shape = estimate.shape.intersection(known)
    if recalled.shape.isEmpty { recalled.facts = nil }
    return recalled
  }

  /// A value that is true or false as the decision says.
  mutating func estimate(_ decision: Decision, _ range: Range<Int>) -> Estimate {
    var kinds: KindSet = []
    if decision.whenTrue != nil { kinds.insert(.isTrue) }
    if decision.whenFalse != nil { kinds.insert(.isFalse) }
    return Estimate(
      shape: ValueShape(kinds: kinds), facts: join(decision.whenTrue, decision.whenFalse, range))
  }

  /// Looks at a part that is never reached, for its mistakes.
  ///
  /// - Parameters:
  ///   - id: The part.
  ///   - facts: What would be known there.
  ///   - isDecided: Whether what was decided before leaves it out; if it is only behind a mistake, everything is
  ///     said of it that holds once the mistake is mended.
  mutating func unreached(
    _ id: SyntaxTree.NodeID, _ facts: Facts, isDecided: Bool = false
  ) {
    guard mode != .silent else { return }
    let before = mode
    if isDecided { mode = .dead }
    _ = value(id, facts)
    mode = before
  }

  // MARK: - Values

  mutating func value(_ id: SyntaxTree.NodeID, _ facts: Facts) -> Estimate {
    if mode == .silent { reasonsLeft -= 1 }
    let range = tree[id].range
    switch tree[id].kind {
    case .number(let number):
      return Estimate(
        shape: .number(NumberSet(number)), facts: facts,
        subject: subjects.id(of: .number(number.bitPattern)))
    case .text(let text):
      return Estimate(
        shape: .text(TextSet([text])), facts: facts,
        subject: subjects.id(of: .text(Array(text.utf8))))
    case .constant(let constant): return self.constant(constant, facts)
    case .malformed: return Estimate(shape: .anything, facts: facts)
    case .name(let name): return property(id, name, facts)
    case .property(let name, let isQuoted, let nameRange, let object):
      return member(id, name, isQuoted, nameRange, object, facts)
    case .negate(let operand): return negation(operand, facts)
    case .arithmetic: return arithmetic(id, facts)
    case .list(let elements): return list(elements, facts)
    case .conditional(let condition, let then, let otherwise):
      return conditional(id, condition, then, otherwise, facts)
    case .call(let name, _, let arguments):
      guard FunctionTable.resultIsLogical(name) else { return call(id, name, arguments, facts) }
      return estimate(condition(id, facts), range)
    case .not, .and, .or, .membership, .relations:
      return estimate(condition(id, facts), range)
    }
  }

  func constant(_ constant: SyntaxTree.Constant, _ facts: Facts) -> Estimate {
    let shape: ValueShape =
      switch constant {
      case .true: .logical(true)
      case .false: .logical(false)
      case .null: ValueShape(kinds: .null)
      }
    return Estimate(shape: shape, facts: facts)
  }

  private mutating func list(_ elements: [SyntaxTree.NodeID], _ facts: Facts) -> Estimate {
    var known: Facts? = facts
    var last = facts
    var shapes: [ValueShape] = []
    var ids: [SubjectTable.ID?] = []
    for element in elements {
      guard let now = known else {
        unreached(element, last)
        continue
      }
      last = now
      let estimate = value(element, now)
      known = estimate.facts
      shapes.append(estimate.shape)
      ids.append(estimate.subject)
    }
    guard known != nil else { return .none }
    return Estimate(
      shape: .list(
        of: .union(of: shapes), counts: elements.count...elements.count),
      facts: known, subject: subjects.id(of: "()", ids), elements: shapes)
  }

  private mutating func conditional(
    _ id: SyntaxTree.NodeID, _ condition: SyntaxTree.NodeID, _ then: SyntaxTree.NodeID,
    _ otherwise: SyntaxTree.NodeID, _ facts: Facts
  ) -> Estimate {
    let decision = branch(condition, then, otherwise, facts)
    var sides: [Estimate] = []
    for (side, known) in [(then, decision.whenTrue), (otherwise, decision.whenFalse)] {
      if let known {
        sides.append(value(side, known))
      } else {
        unreached(side, facts, isDecided: decision.isConstant)
      }
    }
    guard let first = sides.first else { return .none }
    guard sides.count == 2 else { return Estimate(shape: first.shape, facts: first.facts) }
    return Estimate(
      shape: first.shape.union(sides[1].shape),
      facts: join(first.facts, sides[1].facts, tree[id].range))
  }

  // MARK: - Types

  /// The estimate where something wants a number, text or logical: a list of one counts.
  ///
  /// - Parameters:
  ///   - estimate: What was estimated.
  ///   - wanted: The kinds that do; with lists among them, lists are taken as they are.
  ///   - id: The operand.
  ///   - user: The operator or function that wants it.
  ///   - facts: What is known when all operands have been evaluated.
  /// - Returns: The estimate with what is left, and what is known then.
  mutating func take(
    _ estimate: Estimate, as wanted: KindSet, _ id: SyntaxTree.NodeID, for user: String,
    knowing facts: Facts?
  ) -> Estimate {
    guard let facts else { return .none }
    let unwrapped = wanted.contains(.list) ? estimate.shape : estimate.shape.unwrapped
    let rest = unwrapped.kinds.subtracting(wanted)
    if rest.isEmpty {
      var taken = estimate
      taken.facts = facts
      return taken
    }
    let shape =
      wanted.contains(.list)
      ? estimate.shape.keeping(wanted) : estimate.shape.narrowed(to: ValueShape(kinds: wanted))
    guard !shape.isEmpty else {
      if !estimate.shape.isEmpty { reportKind(unwrapped.kinds, estimate, wanted, id, user, facts) }
      return .none
    }
    if estimate.isDeclared { noteKind(rest, wanted, id, user) }
    var taken = estimate
    taken.shape = shape
    taken.facts = learn(facts, estimate, is: shape, source(tree[id].range))
    return taken
  }
}

extension ValueShape {
  /// The values that are in one of them.
  static func union(of shapes: [ValueShape]) -> ValueShape {
    // Of constants all at once: one by one, a long list would be copied for each of its elements.
    let texts = shapes.compactMap { $0.kinds == .text ? $0.texts?.single : nil }
    guard texts.count < shapes.count || shapes.isEmpty else { return .text(TextSet(texts)) }
    return shapes.reduce(.nothing) { $0.union($1) }
  }
}
