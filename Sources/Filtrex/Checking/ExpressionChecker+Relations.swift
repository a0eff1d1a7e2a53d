extension ExpressionChecker {
  /// `a < b <= c`: left at the first relation that does not hold.
  mutating func relations(
    _ id: SyntaxTree.NodeID, _ first: SyntaxTree.NodeID, _ links: [SyntaxTree.Link],
    _ facts: Facts
  ) -> Decision {
    var left = value(first, facts)
    var leftID = first
    var going = left.facts
    var last = facts
    var failing: Facts?
    var cause: Int?
    var isDecided = false
    for link in links {
      guard let known = going else {
        unreached(link.operand, last, isDecided: isDecided)
        continue
      }
      last = known
      let right = value(link.operand, known)
      let range = tree[leftID].range.lowerBound..<tree[link.operand].range.upperBound
      let (before, beforeID) = (left, leftID)
      let decision = settle(
        relate(before, beforeID, link, right, range), range, [leftID, link.operand], known
      ) { checker, facts in
        let left = checker.value(beforeID, facts)
        guard let known = left.facts else { return Decision() }
        return checker.relate(left, beforeID, link, checker.value(link.operand, known), range)
      }
      failing = join(failing, decision.whenFalse, tree[id].range)
      going = decision.whenTrue
      isDecided = decision.isConstant
      cause = decision.cause
      left = right
      left.facts = going
      left = recalled(left)
      leftID = link.operand
    }
    return Decision(whenTrue: going, whenFalse: failing, cause: cause)
  }

  /// One relation between two operands that have been evaluated, the right one last.
  private mutating func relate(
    _ left: Estimate, _ leftID: SyntaxTree.NodeID, _ link: SyntaxTree.Link, _ right: Estimate,
    _ range: Range<Int>
  ) -> Decision {
    switch link.relation {
    case .equal: return equality(left, right, range)
    case .notEqual: return equality(left, right, range).negated
    case .matches:
      let sign = "`~=`"
      let pattern = take(right, as: .text, link.operand, for: sign, knowing: right.facts)
      let text = take(left, as: .text, leftID, for: sign, knowing: pattern.facts)
      return remembered(
        Decision(whenTrue: text.facts, whenFalse: text.facts),
        subjects.id(of: "~=", [left.subject, right.subject]), text.facts, range)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      let sign = "`\(link.relation.sign)`"
      let one = take(left, as: .number, leftID, for: sign, knowing: right.facts)
      let other = take(right, as: .number, link.operand, for: sign, knowing: one.facts)
      guard let known = other.facts else { return Decision() }
      let isStrict = link.relation == .less || link.relation == .greater
      let isMirrored = link.relation == .greater || link.relation == .greaterOrEqual
      let (low, high) = isMirrored ? (other, one) : (one, other)
      let decision = ordered(low, high, isStrict: isStrict, known, range)
      guard low.shape.single == nil, high.shape.single == nil else { return decision }
      return remembered(
        decision, subjects.id(of: isStrict ? "<" : "<=", [low.subject, high.subject]), known, range)
    }
  }

  /// Adds to a decision that cannot be taken apart how it came out, and takes out what was known before.
  mutating func remembered(
    _ decision: Decision, _ subject: SubjectTable.ID?, _ facts: Facts?, _ range: Range<Int>
  ) -> Decision {
    guard let subject else { return decision }
    let estimate = Estimate(shape: facts?[subject] ?? .logical, subject: subject)
    var decision = decision
    decision.whenTrue = learn(
      decision.whenTrue, estimate, is: estimate.shape.keeping(.isTrue), source(range, true))
    decision.whenFalse = learn(
      decision.whenFalse, estimate, is: estimate.shape.keeping(.isFalse), source(range, false))
    return decision
  }

  /// `low < high` or `low <= high`, of numbers; false of NaN.
  private mutating func ordered(
    _ low: Estimate, _ high: Estimate, isStrict: Bool, _ facts: Facts, _ range: Range<Int>
  ) -> Decision {
    let lows = low.shape.unwrapped.anyNumbers
    let highs = high.shape.unwrapped.anyNumbers
    if let subject = low.subject, subject == high.subject {
      let isNumber = !lows.mayBeNaN
      return isStrict
        ? Decision(whenTrue: nil, whenFalse: facts)
        : Decision(whenTrue: facts, whenFalse: isNumber ? nil : facts)
    }
    var decision = Decision()
    if let least = lows.least, let greatest = highs.greatest,
      isStrict ? least < greatest : least <= greatest
    {
      let below = NumberSet(from: -.infinity, to: isStrict ? greatest.nextDown : greatest)
      let above = NumberSet(from: isStrict ? least.nextUp : least, to: .infinity)
      decision.whenTrue = learn(
        facts, low, high, lows.intersection(below), highs.intersection(above), source(range, true))
    }
    // Not lower is higher, unless one of them is NaN: then nothing is known of the other.
    var (above, below) = (lows, highs)
    if !highs.mayBeNaN, let least = highs.least {
      above = lows.intersection(
        NumberSet(from: isStrict ? least : least.nextUp, to: .infinity, orNaN: true))
    }
    if !lows.mayBeNaN, let greatest = lows.greatest {
      below = highs.intersection(
        NumberSet(from: -.infinity, to: isStrict ? greatest : greatest.nextDown, orNaN: true))
    }
    decision.whenFalse = learn(facts, low, high, above, below, source(range, false))
    return decision
  }

  private mutating func learn(
    _ facts: Facts, _ low: Estimate, _ high: Estimate, _ lows: NumberSet, _ highs: NumberSet,
    _ source: FactSource
  ) -> Facts? {
    learn(
      learn(facts, low, is: low.shape.narrowed(to: .number(lows)), source), high,
      is: high.shape.narrowed(to: .number(highs)), source)
  }

  /// `left == right`: same kind, same content, and no list counts as its element.
  private mutating func equality(
    _ left: Estimate, _ right: Estimate, _ range: Range<Int>
  ) -> Decision {
    guard let facts = right.facts else { return Decision() }
    var common = left.shape.intersection(right.shape)
    if common.kinds.contains(.number) {
      common = ValueShape(
        kinds: common.kinds, numbers: common.anyNumbers.withoutNaN, texts: common.texts,
        list: common.list, object: common.object)
    }
    var decision = Decision(
      whenTrue: learn(
        learn(facts, left, is: common, source(range, true)), right, is: common, source(range, true)),
      whenFalse: facts)
    let (one, other) = (left.shape.single, right.shape.single)
    if let one, let other, one == other {
      decision.whenFalse = nil
    } else if let subject = left.subject, subject == right.subject,
      left.shape.kinds.isDisjoint(with: [.list, .object]), !left.shape.anyNumbers.mayBeNaN
    {
      decision.whenFalse = nil
    } else {
      var unequal: Facts? = facts
      if let other {
        unequal = learn(unequal, left, is: left.shape.excluding(other), source(range, false))
      }
      if let one {
        unequal = learn(unequal, right, is: right.shape.excluding(one), source(range, false))
      }
      decision.whenFalse = unequal
    }
    guard one == nil, other == nil else { return decision }
    let ids = [left.subject, right.subject].sorted { ($0 ?? -1) < ($1 ?? -1) }
    return remembered(decision, subjects.id(of: "==", ids), facts, range)
  }

  // MARK: - Membership

  mutating func membership(_ id: SyntaxTree.NodeID, _ facts: Facts) -> Decision {
    let (leftmost, nodes) = tree.spine(id) { kind in
      if case .membership(_, let left, _) = kind { left } else { nil }
    }
    var left = value(leftmost, facts)
    var last = facts
    var decision = Decision()
    for node in nodes {
      guard case .membership(let isNegated, let leftID, let rightID) = tree[node].kind else {
        continue
      }
      guard let known = left.facts else {
        unreached(rightID, last)
        decision = Decision()
        continue
      }
      last = known
      let right = value(rightID, known)
      let range = tree[node].range
      let before = left
      func decide(_ checker: inout Self, _ left: Estimate, _ right: Estimate) -> Decision {
        let decision = checker.contains(left, leftID, right, rightID, range)
        return isNegated ? decision.negated : decision
      }
      decision = decide(&self, before, right)
      decision = settle(decision, range, [leftID, rightID], known) { checker, facts in
        let left = checker.value(leftID, facts)
        guard let known = left.facts else { return Decision() }
        return decide(&checker, left, checker.value(rightID, known))
      }
      left = estimate(decision, range)
    }
    return decision
  }

  /// `left in right`: every element of the left one is in the right one; a lone value counts as a list of one.
  private mutating func contains(
    _ left: Estimate, _ leftID: SyntaxTree.NodeID, _ right: Estimate, _ rightID: SyntaxTree.NodeID,
    _ range: Range<Int>
  ) -> Decision {
    let wanted = KindSet.value.subtracting(.null)
    let one = take(left, as: wanted, leftID, for: "`in`", knowing: right.facts)
    let other = take(right, as: wanted, rightID, for: "`in`", knowing: one.facts)
    guard let facts = other.facts else { return Decision() }

    var candidates = other.shape.keeping(wanted.subtracting(.list))
    if other.shape.kinds.contains(.list) {
      candidates = candidates.union(other.shape.anyList.element)
    }
    let lone = one.shape.keeping(wanted.subtracting(.list))
    let list = one.shape.kinds.contains(.list) ? one.shape.anyList : nil

    var inside = lone.intersection(candidates)
    var outside = lone
    var remains = list?.element ?? .nothing
    for value in (other.elements ?? [other.shape]).lazy.compactMap(\.single) {
      outside = outside.excluding(value)
      remains = remains.excluding(value)
    }
    if let list {
      if let found = list.intersection(ListShape(element: candidates, counts: list.counts)) {
        inside = inside.union(ValueShape(kinds: .list, list: found))
      }
      // The empty list is in every other.
      if !remains.isEmpty, list.counts.upperBound > 0 {
        let counts = max(list.counts.lowerBound, 1)...list.counts.upperBound
        outside = outside.union(.list(of: list.element, counts: counts))
      }
    }
    let decision = Decision(
      whenTrue: learn(facts, one, is: inside, source(range, true)),
      whenFalse: learn(facts, one, is: outside, source(range, false)))
    guard other.elements == nil, other.shape.single == nil else { return decision }
    return remembered(
      decision, subjects.id(of: "in", [one.subject, other.subject]), facts, range)
  }
}
