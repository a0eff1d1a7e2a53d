/// How far `in` has come.
struct MembershipState: Sendable {
  /// The element that is looked for.
  var left = 0
  /// The element it is compared with next.
  var right = 0
}

/// How far `~=` has come.
struct MatchingState: Sendable {
  var matcher = PatternMatcher()
  /// The last pattern made at run time, and its source.
  private(set) var pattern: Pattern?
  private var source: [UInt8] = []

  mutating func compile(
    _ cell: Cell, _ scratch: borrowing Store, _ program: borrowing Program,
    _ context: borrowing Context
  ) throws(Fault) {
    let text = scratch.memory(program, context).text(cell)
    if pattern != nil, ByteOrder.equal(text, source.span) { return }
    do throws(PatternError) {
      pattern = try Pattern(parsing: text)
      source.removeAll(keepingCapacity: true)
      source.append(copying: text.raw)
    } catch {
      throw .pattern(error)
    }
  }
}

extension Machine {
  /// `relate` and `chain`.
  mutating func relate(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context,
    _ fuel: inout Int
  ) throws(Fault) -> Bool {
    let holds: Bool
    switch instruction.relation {
    case .equal, .notEqual:
      var used = 0
      let areEqual = equality.areEqual(
        stack[depth - 2], stack[depth - 1], scratch, program, context, sameNaN: false, fuel: &used)
      fuel -= used
      holds = areEqual == (instruction.relation == .equal)
    case .matches:
      guard let matches = try match(instruction, program, context, &fuel) else { return false }
      holds = matches
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      let left = try number(below: 1, operand: 0, program, context)
      let right = try number(below: 0, operand: 1, program, context)
      holds = instruction.relation.holds(left, right)
    }
    let right = stack[depth - 1]
    depth -= 1
    position += 1
    if instruction.opcode == .chain, holds {
      // The right operand is the next relation's left one, as it was: not unwrapped.
      stack[depth - 1] = right
    } else {
      stack[depth - 1] = Cell(holds)
      if instruction.opcode == .chain { position = Int(instruction.long) }
    }
    return true
  }

  /// `in` and `notIn`: compares pair by pair, and stops between two pairs when the fuel is used up.
  mutating func membership(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context,
    _ fuel: inout Int
  ) throws(Fault) -> Bool {
    for operand in 0...1 {
      let cell = stack[depth - 2 + operand]
      guard cell.kind != .null else {
        throw .unexpectedType(operand: operand, expected: "list or value", received: .null)
      }
    }
    if !isInside {
      isInside = true
      membership = MembershipState()
    }
    let isSubset = compareAll(program, context, &fuel)
    guard let isSubset else { return false }
    isInside = false
    depth -= 1
    stack[depth - 1] = Cell(isSubset == (instruction.opcode == .in))
    position += 1
    return true
  }

  private mutating func compareAll(
    _ program: borrowing Program, _ context: borrowing Context, _ fuel: inout Int
  ) -> Bool? {
    let left = stack[depth - 2]
    let right = stack[depth - 1]
    let leftCount = left.kind == .list ? left.count : 1
    let rightCount = right.kind == .list ? right.count : 1
    var state = membership
    defer { membership = state }
    while state.left < leftCount {
      guard state.right < rightCount else { return false }
      guard fuel > 0 else { return nil }
      let one = element(state.left, of: left, program, context)
      let other = element(state.right, of: right, program, context)
      var used = 0
      let areEqual = equality.areEqual(
        one, other, scratch, program, context, sameNaN: true, fuel: &used)
      fuel -= used
      if areEqual {
        state.left += 1
        state.right = 0
      } else {
        state.right += 1
      }
    }
    return true
  }

  /// A lone value counts as a list of one.
  private func element(
    _ index: Int, of cell: Cell, _ program: borrowing Program, _ context: borrowing Context
  ) -> Cell {
    cell.kind == .list ? scratch.memory(program, context).elements(cell)[index] : cell
  }

  /// The pattern is looked at before the text, as in the reference.
  private mutating func match(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context,
    _ fuel: inout Int
  ) throws(Fault) -> Bool? {
    let patternCell = try text(below: 0, operand: 1, program, context)
    if instruction.short == 0, !isInside { try compile(patternCell, program, context, &fuel) }
    let textCell = try text(below: 1, operand: 0, program, context)
    let pattern =
      instruction.short == 0 ? matching.pattern : program.patterns[Int(instruction.short) - 1]
    guard let pattern else { preconditionFailure("a pattern is compiled before it is matched") }
    if !isInside {
      isInside = true
      matching.matcher.start(pattern)
    }
    let matches = Self.run(
      &matching.matcher, pattern, over: textCell, scratch, program, context, &fuel)
    if matches != nil { isInside = false }
    return matches
  }

  private static func run(
    _ matcher: inout PatternMatcher, _ pattern: Pattern, over text: Cell,
    _ scratch: borrowing Store, _ program: borrowing Program, _ context: borrowing Context,
    _ fuel: inout Int
  ) -> Bool? {
    matcher.run(pattern, over: scratch.memory(program, context).text(text), fuel: &fuel)
  }

  private mutating func compile(
    _ cell: Cell, _ program: borrowing Program, _ context: borrowing Context, _ fuel: inout Int
  ) throws(Fault) {
    do throws(Fault) {
      try matching.compile(cell, scratch, program, context)
      fuel -= matching.pattern?.fuel ?? 0
    } catch {
      // It was read, though there is nothing to show for it.
      fuel -= PatternFuel.reading(bytes: cell.count)
      throw error
    }
  }
}
