extension ExpressionChecker {
  /// How a part of an expression comes out where a logical is wanted.
  mutating func condition(_ id: SyntaxTree.NodeID, _ facts: Facts) -> Decision {
    switch tree[id].kind {
    case .and, .or: return logic(id, facts)
    case .not(let operand): return condition(operand, facts).negated
    case .relations(let first, let links): return relations(id, first, links, facts)
    case .membership: return membership(id, facts)
    case .conditional(let condition, let then, let otherwise):
      return conditional(id, condition, then, otherwise, facts)
    case .constant(.true): return Decision(whenTrue: facts, whenFalse: nil)
    case .constant(.false): return Decision(whenTrue: nil, whenFalse: facts)
    case .call(let name, _, let arguments) where FunctionTable.resultIsLogical(name):
      let decision = logicalCall(id, name, arguments, facts)
      return settle(decision, tree[id].range, arguments, facts) {
        $0.logicalCall(id, name, arguments, $1)
      }
    default:
      let decision = plain(id, facts)
      return settle(decision, tree[id].range, [id], facts) { $0.plain(id, $1) }
    }
  }

  /// A value that is to be a logical.
  private mutating func plain(_ id: SyntaxTree.NodeID, _ facts: Facts) -> Decision {
    let estimate = value(id, facts)
    let taken = take(estimate, as: .logical, id, for: "a condition", knowing: estimate.facts)
    guard let known = taken.facts else { return Decision() }
    let range = tree[id].range
    return Decision(
      whenTrue: learn(
        known, taken, is: taken.shape.narrowed(to: .logical(true)), source(range, true)),
      whenFalse: learn(
        known, taken, is: taken.shape.narrowed(to: .logical(false)), source(range, false)))
  }

  /// `a and b and c` is left at the first that is false, `or` at the first that is true.
  private mutating func logic(_ id: SyntaxTree.NodeID, _ facts: Facts) -> Decision {
    var isAnd = false
    if case .and = tree[id].kind { isAnd = true }
    let (leftmost, nodes) = tree.spine(id) { kind in
      switch kind {
      case .and(let left, _): isAnd ? left : nil
      case .or(let left, _): isAnd ? nil : left
      default: nil
      }
    }
    var operands = [leftmost]
    for node in nodes {
      switch tree[node].kind {
      case .and(_, let right), .or(_, let right): operands.append(right)
      default: break
      }
    }
    let range = tree[id].range
    /// What is known where the next operand is evaluated.
    var going: Facts? = facts
    var last = facts
    var left: Facts?
    var cause: Int?
    var isDecided = false
    for (index, operand) in operands.enumerated() {
      guard let known = going else {
        unreached(operand, last, isDecided: isDecided)
        continue
      }
      last = known
      let findingsBefore = findings.count
      let decision = condition(operand, known)
      going = isAnd ? decision.whenTrue : decision.whenFalse
      let leaving = isAnd ? decision.whenFalse : decision.whenTrue
      left = join(left, leaving, range)
      if going == nil, leaving != nil {
        isDecided = true
        let next = index + 1 < operands.count ? operands[index + 1] : nil
        cause = absorb(
          decision, isLiteral(operand) ? id : operand, since: findingsBefore, within: range,
          next.map { "`\(text($0))` is never evaluated" })
      } else if going != nil, left == nil {
        cause = decision.cause
      }
    }
    if going != nil, left != nil { cause = nil }
    return isAnd
      ? Decision(whenTrue: going, whenFalse: left, cause: cause)
      : Decision(whenTrue: left, whenFalse: going, cause: cause)
  }

  private mutating func conditional(
    _ id: SyntaxTree.NodeID, _ condition: SyntaxTree.NodeID, _ then: SyntaxTree.NodeID,
    _ otherwise: SyntaxTree.NodeID, _ facts: Facts
  ) -> Decision {
    let decision = branch(condition, then, otherwise, facts)
    var sides: [Decision] = []
    for (side, known) in [(then, decision.whenTrue), (otherwise, decision.whenFalse)] {
      if let known {
        sides.append(self.condition(side, known))
      } else {
        unreached(side, facts, isDecided: decision.isConstant)
      }
    }
    guard let first = sides.first else { return Decision() }
    guard sides.count == 2 else { return first }
    let range = tree[id].range
    return Decision(
      whenTrue: join(first.whenTrue, sides[1].whenTrue, range),
      whenFalse: join(first.whenFalse, sides[1].whenFalse, range))
  }

  /// The condition of an `if`, and the side that it leaves out.
  mutating func branch(
    _ condition: SyntaxTree.NodeID, _ then: SyntaxTree.NodeID, _ otherwise: SyntaxTree.NodeID,
    _ facts: Facts
  ) -> Decision {
    let findingsBefore = findings.count
    let decision = self.condition(condition, facts)
    guard decision.isConstant else { return decision }
    let dead = decision.whenTrue == nil ? then : otherwise
    absorb(
      decision, condition, since: findingsBefore, within: tree[condition].range,
      "`\(text(dead))` is never evaluated")
    return decision
  }
}
