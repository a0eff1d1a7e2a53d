extension ExpressionChecker {
  mutating func negation(_ operand: SyntaxTree.NodeID, _ facts: Facts) -> Estimate {
    let estimate = value(operand, facts)
    let taken = take(estimate, as: .number, operand, for: "`-`", knowing: estimate.facts)
    guard taken.facts != nil else { return .none }
    return recalled(
      Estimate(
        shape: .number(taken.shape.unwrapped.anyNumbers.negated), facts: taken.facts,
        subject: subjects.id(of: "-", [estimate.subject])))
  }

  /// A chain of sums, or of products, from its leftmost end.
  mutating func arithmetic(_ id: SyntaxTree.NodeID, _ facts: Facts) -> Estimate {
    let (leftmost, nodes) = tree.spine(id) { kind in
      if case .arithmetic(_, let left, _) = kind { left } else { nil }
    }
    var left = value(leftmost, facts)
    var last = facts
    for node in nodes {
      guard case .arithmetic(let operation, let leftID, let rightID) = tree[node].kind else {
        continue
      }
      guard let known = left.facts else {
        unreached(rightID, last)
        continue
      }
      last = known
      let right = value(rightID, known)
      let wanted: KindSet = operation == .add ? [.number, .text] : .number
      let sign = "`\(operation.rawValue)`"
      let one = take(left, as: wanted, leftID, for: sign, knowing: right.facts)
      let other = take(right, as: wanted, rightID, for: sign, knowing: one.facts)
      guard other.facts != nil else {
        left = .none
        continue
      }
      let shape =
        operation == .add
        ? Self.sum(one.shape.unwrapped, other.shape.unwrapped)
        : .number(
          Self.result(operation, one.shape.unwrapped.anyNumbers, other.shape.unwrapped.anyNumbers))
      left = recalled(
        Estimate(
          shape: shape, facts: other.facts,
          subject: subjects.id(of: operation.rawValue, [left.subject, right.subject])))
    }
    return left
  }

  /// Two numbers are added, a text and either are joined.
  private static func sum(_ left: ValueShape, _ right: ValueShape) -> ValueShape {
    var sum = ValueShape.nothing
    if left.kinds.contains(.number), right.kinds.contains(.number) {
      sum = .number(left.anyNumbers.adding(right.anyNumbers))
    }
    guard left.kinds.contains(.text) || right.kinds.contains(.text) else { return sum }
    if left.kinds == .text, right.kinds == .text, let one = left.texts?.single,
      let other = right.texts?.single, one.utf8.count + other.utf8.count <= Limits.textBytes
    {
      return .text(TextSet([one + other]))
    }
    func scalars(_ shape: ValueShape) -> ClosedRange<Int> {
      // A number has at least a digit, and what it has more is not looked at.
      shape.kinds == .text
        ? shape.anyTexts.scalarCounts : shape.kinds == .number ? 1...Int.max : 0...Int.max
    }
    let (one, other) = (scalars(left), scalars(right))
    return sum.union(
      .text(
        TextSet(
          lengths: one.lowerBound.addedClamped(
            to: other.lowerBound)...one.upperBound.addedClamped(
              to: other.upperBound))))
  }

  private static func result(
    _ operation: SyntaxTree.Arithmetic, _ left: NumberSet, _ right: NumberSet
  ) -> NumberSet {
    if let one = left.single, let other = right.single, one != 0, other != 0 {
      switch operation {
      case .modulo: return NumberSet(Arithmetic.modulo(one, other))
      case .power: return NumberSet(Arithmetic.power(one, other))
      default: break
      }
    }
    return switch operation {
    case .add: left.adding(right)
    case .subtract: left.adding(right.negated)
    case .multiply: left.multiplying(right)
    case .divide: left.dividing(by: right)
    case .modulo: left.modulo(right)
    case .power: .all
    }
  }

  // MARK: - Functions

  /// A call whose value is no logical.
  mutating func call(
    _ id: SyntaxTree.NodeID, _ name: String, _ nodes: [SyntaxTree.NodeID], _ facts: Facts
  ) -> Estimate {
    guard let (arguments, known) = arguments(name, nodes, facts) else { return .none }
    return recalled(
      Estimate(
        shape: Self.result(name, arguments.map(\.shape)), facts: known,
        subject: subjects.id(of: name, arguments.map(\.subject))))
  }

  /// A call whose value is a logical.
  mutating func logicalCall(
    _ id: SyntaxTree.NodeID, _ name: String, _ nodes: [SyntaxTree.NodeID], _ facts: Facts
  ) -> Decision {
    let range = tree[id].range
    let isPresence = name == "exists" || name == "empty"
    if isPresence, let node = nodes.first, case .name(let property) = tree[node].kind {
      return presence(name, id, of: node, property, facts)
    }
    guard let (arguments, known) = arguments(name, nodes, facts) else { return Decision() }
    if isPresence, var argument = arguments.first {
      argument.facts = known
      return presence(name, argument, range)
    }
    return remembered(
      Decision(whenTrue: known, whenFalse: known),
      subjects.id(of: name, arguments.map(\.subject)), known, range)
  }

  /// The arguments as the function takes them: all are evaluated, then all are looked at.
  private mutating func arguments(
    _ name: String, _ nodes: [SyntaxTree.NodeID], _ facts: Facts
  ) -> (arguments: [Estimate], facts: Facts)? {
    guard let index = FunctionTable.index(of: name) else { return nil }
    var known: Facts? = facts
    var last = facts
    var arguments: [Estimate] = []
    for node in nodes {
      guard let now = known else {
        unreached(node, last)
        continue
      }
      last = now
      let argument = value(node, now)
      known = argument.facts
      arguments.append(argument)
    }
    guard arguments.count == nodes.count else { return nil }
    for place in arguments.indices {
      let wanted = FunctionTable.parameter(place, of: index).kinds
      guard wanted != .value else { continue }
      arguments[place] = take(
        arguments[place], as: wanted, nodes[place], for: "`\(name)`", knowing: known)
      known = arguments[place].facts
    }
    return known.map { (arguments, $0) }
  }

  private static func result(_ name: String, _ arguments: [ValueShape]) -> ValueShape {
    let first = arguments.first ?? .nothing
    let numbers = first.unwrapped.anyNumbers
    switch name {
    case "abs": return .number(numbers.magnitudes)
    case "ceil": return .number(numbers.mapped(isWhole: true) { $0.rounded(.up) })
    case "floor": return .number(numbers.mapped(isWhole: true) { $0.rounded(.down) })
    case "round": return .number(numbers.mapped(isWhole: true, Arithmetic.round))
    case "sqrt":
      let roots = numbers.intersection(NumberSet(from: 0, to: .infinity, orNaN: true))
        .mapped(isWhole: false) { $0.squareRoot() }
      return .number((numbers.least ?? 0) < 0 ? roots.union(NumberSet(.nan)) : roots)
    case "max", "min":
      return .number(extreme(arguments.map(\.unwrapped.anyNumbers), isGreatest: name == "max"))
    case "length": return length(first)
    case "number":
      let parsed = NumberSet(
        from: -.greatestFiniteMagnitude, to: .greatestFiniteMagnitude)
      let isText = first.unwrapped.kinds.contains(.text)
      return .number(isText ? numbers.union(parsed) : numbers)
    case "first", "last":
      let list = first.anyList
      return list.counts.lowerBound > 0 ? list.element : list.element.adding(.null)
    case "bucket": return .number(NumberSet(from: 0, to: 1.0.nextDown))
    default:
      return switch FunctionTable.index(of: name).flatMap({ FunctionTable.rows[$0].result }) {
      case .number: .number
      case .text: .text
      case .logical: .logical
      default: .anything
      }
    }
  }

  private static func extreme(_ sets: [NumberSet], isGreatest: Bool) -> NumberSet {
    var result = NumberSet(isGreatest ? -.infinity : .infinity)
    for set in sets {
      guard let least = set.least, let greatest = set.greatest, let low = result.least,
        let high = result.greatest
      else { return .all }
      let isFirst = low.isInfinite && low == high
      result = NumberSet(
        from: isGreatest ? max(low, least) : min(low, least),
        to: isGreatest ? max(high, greatest) : min(high, greatest),
        isWhole: set.isWhole && (isFirst || result.isWhole),
        orNaN: result.mayBeNaN || set.mayBeNaN)
    }
    return result
  }

  private static func length(_ shape: ValueShape) -> ValueShape {
    func numbers(_ counts: ClosedRange<Int>) -> NumberSet {
      NumberSet(from: Double(counts.lowerBound), to: Double(counts.upperBound), isWhole: true)
    }
    var result = NumberSet(from: 1, to: 0)
    if shape.kinds.contains(.list) { result = numbers(shape.anyList.counts) }
    if shape.kinds.contains(.text) { result = result.union(numbers(shape.anyTexts.scalarCounts)) }
    return .number(result)
  }
}

extension FunctionTable {
  /// Whether a call of that function is a condition.
  static func resultIsLogical(_ name: String) -> Bool {
    index(of: name).map { rows[$0].result == .logical } ?? false
  }
}

extension FunctionRow.Parameter {
  /// What fits here; where a list does, it is taken as it is.
  fileprivate var kinds: KindSet {
    switch self {
    case .number: .number
    case .text: .text
    case .list: .list
    case .numberOrText: [.number, .text]
    case .textOrList: [.text, .list]
    case .anything: .value
    }
  }
}
