extension Machine {
  enum Exit {
    case finished
    case outOfFuel
    /// The instruction at hand needs more than numbers, logicals and texts that lie there.
    case special
  }

  /// Runs instructions on numbers, logicals and properties, the common case, on nothing but spans.
  ///
  /// An instruction that needs anything else is left, untouched and unpaid, to ``runSpecial``.
  @inline(__always)
  mutating func runSimple(
    _ program: borrowing Program, _ context: borrowing Context, _ bindings: borrowing Bindings,
    _ fuel: inout Int
  ) -> Exit {
    var loop = SimpleLoop(position: position, depth: depth, fuel: fuel)
    var cells = stack.mutableSpan
    let exit = loop.run(
      code: program.code.span, constants: program.constants.view, context: context.store.bytes.span,
      slots: bindings.slots.span, stack: &cells)
    position = loop.position
    depth = loop.depth
    fuel = loop.fuel
    return exit
  }
}

/// The registers of the loop over simple instructions.
struct SimpleLoop {
  var position: Int
  var depth: Int
  var fuel: Int

  // INVARIANT: the verifier has seen that no instruction leaves the code, the constants, or the stack that
  // the machine has made room for, so that what is read and written unchecked below lies inside. Slots are
  // the caller's, and checked.
  //
  // Inlined, since the registers written one by one and read back as one vector cost more than a comparison
  // (measured: 46 % of an evaluation).
  @inline(__always)
  mutating func run(
    code: Span<Instruction>, constants: StoreView, context: Span<UInt8>, slots: Span<Cell>,
    stack: inout MutableSpan<Cell>
  ) -> Machine.Exit {
    while fuel > 0 {
      // Safe: the verifier has seen that every way ends inside the code.
      let instruction = unsafe code[unchecked: position]
      switch instruction.opcode {
      case .constant:
        push(constant(instruction, constants), &stack)
      case .property:
        let cell = slots[Int(instruction.short)]
        guard cell.kind != .missing else { return .special }
        push(cell, &stack)
      case .propertyEqual, .propertyNotEqual:
        let cell = slots[Int(instruction.short)]
        guard cell.kind != .missing else { return .special }
        let isEqual = equal(cell, constant(instruction, constants), constants, context)
        if settle(isEqual == (instruction.opcode == .propertyEqual), code, &stack) {
          return .finished
        }
      case .propertyLess:
        let cell = slots[Int(instruction.short)]
        guard cell.kind == .number else { return .special }
        let holds = cell.number < constant(instruction, constants).number
        if settle(holds, code, &stack) { return .finished }
      case .propertyLessOrEqual:
        let cell = slots[Int(instruction.short)]
        guard cell.kind == .number else { return .special }
        let holds = cell.number <= constant(instruction, constants).number
        if settle(holds, code, &stack) { return .finished }
      case .propertyGreater:
        let cell = slots[Int(instruction.short)]
        guard cell.kind == .number else { return .special }
        let holds = cell.number > constant(instruction, constants).number
        if settle(holds, code, &stack) { return .finished }
      case .propertyGreaterOrEqual:
        let cell = slots[Int(instruction.short)]
        guard cell.kind == .number else { return .special }
        let holds = cell.number >= constant(instruction, constants).number
        if settle(holds, code, &stack) { return .finished }
      case .and:
        guard leave(if: false, to: instruction, &stack) else { return .special }
      case .or:
        guard leave(if: true, to: instruction, &stack) else { return .special }
      case .branch, .logical, .not:
        guard control(instruction, &stack) else { return .special }
      case .jump:
        position = Int(instruction.long)
        fuel -= OpcodeFuel.unit
      case .add, .subtract, .multiply, .divide:
        guard calculate(instruction.opcode, &stack) else { return .special }
      case .negate:
        let top = self.top(&stack)
        guard top.kind == .number else { return .special }
        replaceTop(Cell(-top.number), &stack)
      case .relate:
        guard relate(instruction.relation, &stack) else { return .special }
      case .chain:
        guard chain(instruction, &stack) else { return .special }
      case .finish:
        fuel -= OpcodeFuel.unit
        return .finished
      case .propertyExists, .propertyIsEmpty, .member, .discard, .modulo, .power, .in, .notIn,
        .beginList, .element, .call:
        return .special
      }
    }
    return .outOfFuel
  }

  @inline(__always)
  private func constant(_ instruction: Instruction, _ constants: StoreView) -> Cell {
    // Safe: the verifier has looked at the index.
    unsafe constants.cells[unchecked: Int(instruction.long)]
  }

  @inline(__always)
  private mutating func push(_ cell: Cell, _ stack: inout MutableSpan<Cell>) {
    // Safe: the verifier has counted the depth, and the machine has made room for it.
    unsafe stack[unchecked: depth] = cell
    depth += 1
    advance()
  }

  /// Puts what a comparison came to on the stack, and carries out what comes next where that only asks for it.
  ///
  /// Nearly every comparison stands before an `and`, an `or` or the end, and finding out which of all instructions
  /// they are costs more than they do. Fuel is what it would be one by one, and so is where it ends.
  ///
  /// - Returns: Whether that was the end.
  @inline(__always)
  private mutating func settle(
    _ logical: Bool, _ code: Span<Instruction>, _ stack: inout MutableSpan<Cell>
  ) -> Bool {
    push(Cell(logical), &stack)
    guard fuel > 0 else { return false }
    // Safe: the verifier has seen that every way ends inside the code.
    let next = unsafe code[unchecked: position]
    if next.opcode == .finish {
      fuel -= OpcodeFuel.unit
      return true
    }
    if next.opcode == .and || next.opcode == .or {
      advance()
      if logical == (next.opcode == .or) { position = Int(next.long) } else { depth -= 1 }
    }
    return false
  }

  @inline(__always)
  private func top(_ stack: inout MutableSpan<Cell>, below: Int = 0) -> Cell {
    // Safe: the verifier has seen that there are as many values.
    unsafe stack[unchecked: depth - 1 - below]
  }

  @inline(__always)
  private mutating func replaceTop(_ cell: Cell, _ stack: inout MutableSpan<Cell>) {
    // Safe: the verifier has seen that there is a value.
    unsafe stack[unchecked: depth - 1] = cell
    advance()
  }

  @inline(__always)
  private mutating func advance() {
    position += 1
    fuel -= OpcodeFuel.unit
  }

  /// The constant is a number, text, logical or null.
  @inline(__always)
  private mutating func equal(
    _ cell: Cell, _ constant: Cell, _ constants: StoreView, _ context: Span<UInt8>
  ) -> Bool {
    guard cell.kind == constant.kind else { return false }
    if cell.kind == .number { return cell.number == constant.number }
    guard cell.kind == .text else { return cell.bits == constant.bits }
    guard cell.count == constant.count else { return false }
    fuel -= FuelCost.bytes(cell.count)
    return ByteOrder.equal(
      cell.text(in: context), constant.text(in: constants.bytes))
  }

  @inline(__always)
  private mutating func leave(
    if decisive: Bool, to instruction: Instruction, _ stack: inout MutableSpan<Cell>
  ) -> Bool {
    let top = self.top(&stack)
    guard top.kind == .logical else { return false }
    advance()
    if top.logical == decisive { position = Int(instruction.long) } else { depth -= 1 }
    return true
  }

  @inline(__always)
  private mutating func control(
    _ instruction: Instruction, _ stack: inout MutableSpan<Cell>
  ) -> Bool {
    let top = self.top(&stack)
    guard top.kind == .logical else { return false }
    switch instruction.opcode {
    case .branch:
      depth -= 1
      advance()
      if !top.logical { position = Int(instruction.long) }
    case .not: replaceTop(Cell(!top.logical), &stack)
    default: advance()
    }
    return true
  }

  @inline(__always)
  private mutating func calculate(_ opcode: Opcode, _ stack: inout MutableSpan<Cell>) -> Bool {
    let left = top(&stack, below: 1)
    let right = top(&stack)
    guard left.kind == .number, right.kind == .number else { return false }
    depth -= 1
    let result =
      switch opcode {
      case .add: left.number + right.number
      case .subtract: left.number - right.number
      case .multiply: left.number * right.number
      default: left.number / right.number
      }
    replaceTop(Cell(result), &stack)
    return true
  }

  @inline(__always)
  private mutating func relate(_ relation: Relation, _ stack: inout MutableSpan<Cell>) -> Bool {
    let left = top(&stack, below: 1)
    let right = top(&stack)
    guard left.kind == .number, right.kind == .number, relation != .matches else { return false }
    depth -= 1
    replaceTop(Cell(relation.holds(left.number, right.number)), &stack)
    return true
  }

  @inline(__always)
  private mutating func chain(
    _ instruction: Instruction, _ stack: inout MutableSpan<Cell>
  ) -> Bool {
    let left = top(&stack, below: 1)
    let right = top(&stack)
    let relation = instruction.relation
    guard left.kind == .number, right.kind == .number, relation != .matches else { return false }
    depth -= 1
    if relation.holds(left.number, right.number) {
      replaceTop(right, &stack)
    } else {
      replaceTop(Cell(false), &stack)
      position = Int(instruction.long)
    }
    return true
  }
}

extension Relation {
  /// Whether two numbers are so related; no number matches.
  @inline(__always)
  func holds(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .matches: false
    }
  }
}
