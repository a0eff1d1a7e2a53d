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
      code: program.code.span, constants: program.constants.view, context: context.store.view,
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
  // the machine has made room for, so that a span's own checks never fail here.
  mutating func run(
    code: Span<Instruction>, constants: StoreView, context: StoreView, slots: Span<Cell>,
    stack: inout MutableSpan<Cell>
  ) -> Machine.Exit {
    while fuel > 0 {
      let instruction = code[position]
      switch instruction.opcode {
      case .constant:
        push(constants.cells[Int(instruction.long)], &stack)
      case .property:
        let cell = slots[Int(instruction.short)]
        guard cell.kind != .missing else { return .special }
        push(cell, &stack)
      case .propertyEqual, .propertyNotEqual, .propertyLess, .propertyLessOrEqual,
        .propertyGreater, .propertyGreaterOrEqual:
        let constant = constants.cells[Int(instruction.long)]
        let cell = slots[Int(instruction.short)]
        guard let holds = compare(instruction.opcode, cell, constant, constants, context) else {
          return .special
        }
        push(Cell(holds), &stack)
      case .and, .or, .branch, .jump, .logical, .not:
        guard control(instruction, &stack) else { return .special }
      case .add, .subtract, .multiply, .divide, .negate:
        guard calculate(instruction.opcode, &stack) else { return .special }
      case .relate:
        guard relate(instruction.relation, &stack) else { return .special }
      case .finish:
        fuel -= 1
        return .finished
      default:
        return .special
      }
    }
    return .outOfFuel
  }

  @inline(__always)
  private mutating func push(_ cell: Cell, _ stack: inout MutableSpan<Cell>) {
    stack[depth] = cell
    depth += 1
    advance()
  }

  @inline(__always)
  private mutating func advance() {
    position += 1
    fuel -= 1
  }

  @inline(__always)
  private mutating func compare(
    _ opcode: Opcode, _ cell: Cell, _ constant: Cell, _ constants: StoreView, _ context: StoreView
  ) -> Bool? {
    switch opcode {
    case .propertyEqual: return equal(cell, constant, constants, context)
    case .propertyNotEqual: return equal(cell, constant, constants, context).map { !$0 }
    default: break
    }
    guard cell.kind == .number else { return nil }
    switch opcode {
    case .propertyLess: return cell.number < constant.number
    case .propertyLessOrEqual: return cell.number <= constant.number
    case .propertyGreater: return cell.number > constant.number
    default: return cell.number >= constant.number
    }
  }

  /// The constant is a number, text, logical or null.
  @inline(__always)
  private mutating func equal(
    _ cell: Cell, _ constant: Cell, _ constants: StoreView, _ context: StoreView
  ) -> Bool? {
    guard cell.kind == constant.kind else { return cell.kind == .missing ? nil : false }
    switch cell.kind {
    case .number: return cell.number == constant.number
    case .text:
      guard cell.count == constant.count else { return false }
      fuel -= FuelCost.bytes(cell.count)
      return ByteOrder.equal(
        context.bytes.extracting(cell.offset..<cell.offset + cell.count),
        constants.bytes.extracting(constant.offset..<constant.offset + constant.count))
    default: return cell.bits == constant.bits
    }
  }

  @inline(__always)
  private mutating func control(
    _ instruction: Instruction, _ stack: inout MutableSpan<Cell>
  ) -> Bool {
    let target = Int(instruction.long)
    if instruction.opcode == .jump {
      position = target
      fuel -= 1
      return true
    }
    let top = stack[depth - 1]
    guard top.kind == .logical else { return false }
    switch instruction.opcode {
    case .and, .or:
      advance()
      if top.logical == (instruction.opcode == .or) { position = target } else { depth -= 1 }
    case .branch:
      depth -= 1
      advance()
      if !top.logical { position = target }
    case .not:
      stack[depth - 1] = Cell(!top.logical)
      advance()
    default:
      advance()
    }
    return true
  }

  @inline(__always)
  private mutating func calculate(_ opcode: Opcode, _ stack: inout MutableSpan<Cell>) -> Bool {
    let right = stack[depth - 1]
    guard right.kind == .number else { return false }
    if opcode == .negate {
      stack[depth - 1] = Cell(-right.number)
      advance()
      return true
    }
    let left = stack[depth - 2]
    guard left.kind == .number else { return false }
    depth -= 1
    let result =
      switch opcode {
      case .add: left.number + right.number
      case .subtract: left.number - right.number
      case .multiply: left.number * right.number
      default: left.number / right.number
      }
    stack[depth - 1] = Cell(result)
    advance()
    return true
  }

  @inline(__always)
  private mutating func relate(_ relation: Relation, _ stack: inout MutableSpan<Cell>) -> Bool {
    let left = stack[depth - 2]
    let right = stack[depth - 1]
    guard left.kind == .number, right.kind == .number, relation != .matches else { return false }
    depth -= 1
    stack[depth - 1] = Cell(relation.holds(left.number, right.number))
    advance()
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
