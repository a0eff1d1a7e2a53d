internal import NumberText

extension Store {
  /// This scratch with the other two stores of an evaluation.
  @inline(__always)
  @_lifetime(borrow self, borrow program, borrow context)
  func memory(_ program: borrowing Program, _ context: borrowing Context) -> Memory {
    Memory(constants: program.constants.view, context: context.store.view, scratch: view)
  }
}

extension Store {
  func property(
    _ name: Cell, of cell: Cell, _ program: borrowing Program, _ context: borrowing Context
  ) -> Cell? {
    let memory = memory(program, context)
    return memory.property(memory.text(name), of: cell)
  }

  @inline(__always)
  func unwrapped(
    _ cell: Cell, _ program: borrowing Program, _ context: borrowing Context
  ) -> Cell {
    cell.kind == .list ? unwrappedList(cell, program, context) : cell
  }

  // Apart, so that the values that are none, which are nearly all, do not pay for the three stores.
  @inline(never)
  private func unwrappedList(
    _ list: Cell, _ program: borrowing Program, _ context: borrowing Context
  ) -> Cell {
    memory(program, context).unwrapped(list)
  }

  /// The argument as the function takes it, a list of one element unwrapped where that element is wanted.
  func argument(
    _ cell: Cell, _ index: Int, _ parameter: FunctionRow.Parameter, _ program: borrowing Program,
    _ context: borrowing Context
  ) throws(Fault) -> Cell {
    if parameter == .anything { return cell }
    if cell.kind == .list, parameter == .list || parameter == .textOrList { return cell }
    let unwrapped = unwrapped(cell, program, context)
    let fits =
      switch parameter {
      case .number: unwrapped.kind == .number
      case .text, .textOrList: unwrapped.kind == .text
      case .numberOrText: unwrapped.kind == .number || unwrapped.kind == .text
      case .list, .anything: false
      }
    guard fits else {
      throw .unexpectedType(
        operand: index, expected: parameter.rawValue, received: unwrapped.type)
    }
    return unwrapped
  }

  /// Joins two texts or numbers.
  func join(
    _ left: Cell, _ right: Cell, _ program: borrowing Program, _ context: borrowing Context,
    into output: inout [UInt8]
  ) {
    let memory = memory(program, context)
    output.removeAll(keepingCapacity: true)
    _ = Machine.append(left, memory, to: &output)
    _ = Machine.append(right, memory, to: &output)
  }
}

extension Machine {
  /// Carries out the instruction at hand, or a part of it.
  ///
  /// - Returns: `false` if the fuel is used up before it is done.
  @inline(never)
  mutating func runSpecial(
    _ program: Program, _ context: borrowing Context, _ bindings: borrowing Bindings,
    _ now: Double, _ fuel: inout Int
  ) throws(Fault) -> Bool {
    let instruction = program.code[position]
    if !isInside { fuel -= OpcodeFuel.unit }
    switch instruction.opcode {
    case .property: throw .unknownProperty
    case .propertyExists:
      push(Cell(Presence.exists(bindings.slots[Int(instruction.short)])))
    case .propertyIsEmpty:
      push(Cell(Presence.isEmpty(bindings.slots[Int(instruction.short)])))
    case .propertyEqual, .propertyNotEqual, .propertyLess, .propertyLessOrEqual,
      .propertyGreater, .propertyGreaterOrEqual:
      try compareProperty(instruction, program, context, bindings)
    case .member: try member(instruction, program, context)
    case .discard: depth -= 1
    case .add: try add(program, context, &fuel)
    case .subtract, .multiply, .divide, .modulo, .power, .negate:
      try calculate(instruction.opcode, program, context)
    case .relate, .chain: return try relate(instruction, program, context, &fuel)
    case .in, .notIn: return try membership(instruction, program, context, &fuel)
    case .not, .logical, .and, .or, .branch:
      try control(instruction, program, context)
      return true
    case .beginList: beginList(Int(instruction.long), &fuel)
    case .element: setElement(Int(instruction.long))
    case .call: try call(instruction, program, context, now, &fuel)
    case .constant, .jump, .finish:
      preconditionFailure("the simple loop runs every `\(instruction.opcode.row.name)`")
    }
    position += 1
    return true
  }

  mutating func push(_ cell: Cell) {
    stack[depth] = cell
    depth += 1
  }

  // MARK: - Types

  /// The number on the stack, `below` values under the top; a list of one number counts.
  func number(
    below: Int, operand: Int, _ program: borrowing Program, _ context: borrowing Context
  ) throws(Fault) -> Double {
    let cell = scratch.unwrapped(stack[depth - 1 - below], program, context)
    guard cell.kind == .number else {
      throw .unexpectedType(operand: operand, expected: "number", received: cell.type)
    }
    return cell.number
  }

  func text(
    below: Int, operand: Int, _ program: borrowing Program, _ context: borrowing Context
  ) throws(Fault) -> Cell {
    let cell = scratch.unwrapped(stack[depth - 1 - below], program, context)
    guard cell.kind == .text else {
      throw .unexpectedType(operand: operand, expected: "text", received: cell.type)
    }
    return cell
  }

  // MARK: - Properties

  private mutating func compareProperty(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context,
    _ bindings: borrowing Bindings
  ) throws(Fault) {
    let slot = bindings.slots[Int(instruction.short)]
    guard slot.kind != .missing else { throw .unknownProperty }
    let constant = program.constants.cells[Int(instruction.long)]
    let cell = scratch.unwrapped(slot, program, context)
    guard cell.kind == .number else {
      throw .unexpectedType(operand: 0, expected: "number", received: cell.type)
    }
    let relation: Relation =
      switch instruction.opcode {
      case .propertyLess: .less
      case .propertyLessOrEqual: .lessOrEqual
      case .propertyGreater: .greater
      default: .greaterOrEqual
      }
    push(Cell(relation.holds(cell.number, constant.number)))
  }

  private mutating func member(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context
  ) throws(Fault) {
    let name = program.constants.cells[Int(instruction.long)]
    let found = scratch.property(name, of: stack[depth - 1], program, context)
    guard let found else { throw .unknownProperty }
    stack[depth - 1] = found
  }

  // MARK: - Calculation

  private mutating func calculate(
    _ opcode: Opcode, _ program: borrowing Program, _ context: borrowing Context
  ) throws(Fault) {
    if opcode == .negate {
      stack[depth - 1] = Cell(-(try number(below: 0, operand: 0, program, context)))
      return
    }
    let left = try number(below: 1, operand: 0, program, context)
    let right = try number(below: 0, operand: 1, program, context)
    let result =
      switch opcode {
      case .subtract: left - right
      case .multiply: left * right
      case .divide: left / right
      case .modulo: Arithmetic.modulo(left, right)
      default: Arithmetic.power(left, right)
      }
    depth -= 1
    stack[depth - 1] = Cell(result)
  }

  private mutating func add(
    _ program: borrowing Program, _ context: borrowing Context, _ fuel: inout Int
  ) throws(Fault) {
    let left = scratch.unwrapped(stack[depth - 2], program, context)
    guard left.kind == .number || left.kind == .text else {
      throw .unexpectedType(operand: 0, expected: "number or text", received: left.type)
    }
    let right = scratch.unwrapped(stack[depth - 1], program, context)
    guard right.kind == .number || right.kind == .text else {
      throw .unexpectedType(operand: 1, expected: "number or text", received: right.type)
    }
    if left.kind == .number, right.kind == .number {
      depth -= 1
      stack[depth - 1] = Cell(left.number + right.number)
      return
    }
    let bytes = (left.kind == .text ? left.count : 0) + (right.kind == .text ? right.count : 0)
    guard bytes <= Limits.textBytes else { throw .textTooLong }
    scratch.join(left, right, program, context, into: &output)
    depth -= 2
    try pushOutput(&fuel)
  }

  /// Appends a text or a number as `+` joins it; nothing for any other value.
  static func append(_ cell: Cell, _ memory: borrowing Memory, to output: inout [UInt8]) -> Bool {
    switch cell.kind {
    case .text: output.append(copying: memory.text(cell).raw)
    case .number: ECMAScriptNumber.append(cell.number, to: &output)
    default: return false
    }
    return true
  }

  /// Pushes the text in `output`, its operands being off the stack.
  ///
  /// Texts of values that are gone are given up first, so that a long expression does not pile them up.
  private mutating func pushOutput(_ fuel: inout Int) throws(Fault) {
    guard output.count <= Limits.textBytes else { throw .textTooLong }
    fuel -= FuelCost.bytes(output.count)
    if depth == 0 { heldBytes = 0 }
    var end = heldBytes
    for index in 0..<depth where stack[index].kind == .text && stack[index].region == .scratch {
      end = max(end, stack[index].offset + stack[index].count)
    }
    scratch.bytes.removeLast(max(scratch.bytes.count - end, 0))
    guard end + output.count <= Limits.heldTextBytes else { throw .tooMuchText }
    scratch.bytes.append(contentsOf: output)
    push(Cell(.text, offset: end, count: output.count, in: .scratch))
  }

  // MARK: - Control

  /// Takes the place of the simple loop where the condition is no plain logical.
  private mutating func control(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context
  ) throws(Fault) {
    let cell = scratch.unwrapped(stack[depth - 1], program, context)
    guard cell.kind == .logical else {
      throw .unexpectedType(operand: 0, expected: "logical", received: cell.type)
    }
    let target = Int(instruction.long)
    position += 1
    switch instruction.opcode {
    case .and, .or:
      stack[depth - 1] = cell
      if cell.logical == (instruction.opcode == .or) { position = target } else { depth -= 1 }
    case .branch:
      depth -= 1
      if !cell.logical { position = target }
    case .not: stack[depth - 1] = Cell(!cell.logical)
    default: stack[depth - 1] = cell
    }
  }

  // MARK: - Lists

  private mutating func beginList(_ count: Int, _ fuel: inout Int) {
    fuel -= FuelCost.elements(count)
    let offset = scratch.cells.count
    scratch.cells.append(contentsOf: repeatElement(.null, count: count))
    push(Cell(.list, offset: offset, count: count, in: .scratch))
  }

  private mutating func setElement(_ index: Int) {
    let element = stack[depth - 1]
    depth -= 1
    if element.kind == .text, element.region == .scratch {
      heldBytes = max(heldBytes, element.offset + element.count)
    }
    scratch.cells[stack[depth - 1].offset + index] = element
  }

  // MARK: - Functions

  private mutating func call(
    _ instruction: Instruction, _ program: borrowing Program, _ context: borrowing Context,
    _ now: Double, _ fuel: inout Int
  ) throws(Fault) {
    let function = Int(instruction.long)
    let count = Int(instruction.short)
    let body = FunctionTable.bodies[function]
    if case .number(let body) = body {
      stack[depth - 1] = Cell(body(try number(below: 0, operand: 0, program, context)))
      return
    }
    for index in 0..<count {
      let place = depth - count + index
      let argument = try scratch.argument(
        stack[place], index, FunctionTable.parameter(index, of: function), program, context)
      stack[place] = argument
    }
    guard case .work(let work) = body else { return }
    var result = FunctionOutput(now: now, bytes: [])
    swap(&result.bytes, &output)
    result.bytes.removeAll(keepingCapacity: true)
    let value = try work(
      stack.span.extracting((depth - count)..<depth), scratch.memory(program, context), &result)
    swap(&result.bytes, &output)
    fuel -= result.fuel
    depth -= count
    if value.kind == FunctionOutput.made.kind {
      try pushOutput(&fuel)
    } else {
      push(value)
    }
  }
}
