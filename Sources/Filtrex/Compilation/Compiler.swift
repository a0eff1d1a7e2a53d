/// Writes a syntax tree as a program.
///
/// Recursion follows the nesting of the expression, which the parser has bounded; a chain of operators, however long,
/// is walked in a loop.
struct Compiler {
  let tree: SyntaxTree
  let expression: String
  var properties: PropertyTable
  var diagnostics: [Diagnostic]

  var code: [Instruction] = []
  var sites: [Site] = []
  var operandRanges: [Range<Int32>] = []
  var constants = Store()
  var patterns: [Pattern] = []
  var propertyNames = PropertyNames()
  private var depth = 0
  private var greatestDepth = 0
  private var fuelBound = 0

  init(
    tree: SyntaxTree, expression: String, diagnostics: [Diagnostic], properties: PropertyTable
  ) {
    self.tree = tree
    self.expression = expression
    self.diagnostics = diagnostics
    self.properties = properties
    // Most nodes are an instruction, or less.
    code.reserveCapacity(tree.nodes.count + 1)
    sites.reserveCapacity(tree.nodes.count + 1)
    operandRanges.reserveCapacity(2 * tree.nodes.count)
  }

  mutating func compile() -> Program? {
    let extent = visit(tree.root)
    emit(Instruction(.finish), tree[tree.root].range)
    let whole = 0..<expression.utf8.count
    if code.count > Limits.instructions {
      report(
        .tooManyInstructions, whole,
        "the expression takes \(code.count) instructions, \(Limits.instructions) are allowed: split it into several"
      )
    }
    if greatestDepth > Limits.stackDepth {
      report(
        .stackTooDeep, whole,
        "the expression holds \(greatestDepth) values at once, \(Limits.stackDepth) are allowed: give the function fewer arguments"
      )
    }
    diagnostics.sort { $0.range.lowerBound < $1.range.lowerBound }
    guard !diagnostics.contains(where: { $0.severity == .error }) else { return nil }
    let program = Program(
      expression: expression, fuelBound: fuelBound, stackDepth: greatestDepth, code: code,
      sites: sites, operandRanges: operandRanges, constants: constants, patterns: patterns,
      extent: extent, propertyNames: propertyNames)
    if let violation = Verifier.violation(of: program, slotCount: properties.count) {
      preconditionFailure("a program that its own compiler wrote is not sound: \(violation)")
    }
    return program
  }

  // MARK: - Writing

  mutating func report(
    _ code: Diagnostic.Code, _ range: Range<Int>, _ message: String, function: String? = nil,
    suggestion: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(
        severity: .error, code: code, range: range, message: message, function: function,
        suggestion: suggestion))
  }

  /// Adds an instruction that works on two values at most.
  ///
  /// - Parameters:
  ///   - instruction: What to do.
  ///   - range: The expression it belongs to.
  ///   - operand: Its operand, or the left one of two, whose range is for errors.
  ///   - other: The right one.
  ///   - extents: How large the operands can be, for the bound on fuel; one is both.
  ///   - firstOperand: The number of the first of the operands.
  ///   - matchingFuel: The most that matching a pattern takes.
  mutating func emit(
    _ instruction: Instruction, _ range: Range<Int>, _ operand: SyntaxTree.NodeID? = nil,
    _ other: SyntaxTree.NodeID? = nil, extents: (Extent, Extent)? = nil, firstOperand: Int = 0,
    matchingFuel: Int = 0
  ) {
    let effect = instruction.opcode.effect
    let bound = OpcodeFuel.unit.addedClamped(to: effect.growth.bound(of: instruction, extents))
      .addedClamped(to: matchingFuel)
    add(
      instruction, range, operandCount: operand == nil ? 0 : other == nil ? 1 : 2,
      firstOperand: firstOperand, fuelBound: bound, pops: effect.pops)
    if let operand { operandRanges.append(tree[operand].range.narrowed) }
    if let other { operandRanges.append(tree[other].range.narrowed) }
  }

  /// Adds a call of a function.
  ///
  /// - Parameters:
  ///   - function: Its number.
  ///   - range: The call.
  ///   - arguments: What it is called with.
  ///   - extents: How large they can be.
  mutating func emitCall(
    _ function: Int, _ range: Range<Int>, _ arguments: [SyntaxTree.NodeID], _ extents: [Extent]
  ) {
    let bound = FunctionTable.rows[function].fuelBound(extents)
    add(
      Instruction(.call, short: arguments.count, long: function), range,
      operandCount: arguments.count, firstOperand: 0,
      fuelBound: OpcodeFuel.unit.addedClamped(to: bound), pops: arguments.count)
    for argument in arguments { operandRanges.append(tree[argument].range.narrowed) }
  }

  private mutating func add(
    _ instruction: Instruction, _ range: Range<Int>, operandCount: Int, firstOperand: Int,
    fuelBound bound: Int, pops: Int
  ) {
    code.append(instruction)
    sites.append(
      Site(
        range: range.narrowed, firstOperand: Int32(operandRanges.count),
        operandCount: Int32(operandCount), firstNumber: Int32(firstOperand), fuelBound: bound))
    depth += instruction.opcode.effect.pushes - pops
    greatestDepth = max(greatestDepth, depth)
    fuelBound = fuelBound.addedClamped(to: bound)
  }

  /// Lets the jump at `index` go to the next instruction.
  mutating func patch(_ index: Int) { code[index].long = UInt32(code.count) }

  mutating func slot(of name: String, _ range: Range<Int>) -> Int {
    guard let slot = properties.slot(of: name) else {
      report(
        .tooManyProperties, range,
        "`\(name)` is one property too many: \(Limits.properties) are allowed in one tree")
      return 0
    }
    propertyNames[slot] = name
    return slot
  }

  mutating func addText(_ text: String) -> Int {
    let cell = constants.text(text.utf8Span.span.raw, in: .constants)
    constants.cells.append(cell)
    return constants.cells.count - 1
  }

  // MARK: - Expressions

  mutating func visit(_ id: SyntaxTree.NodeID) -> Extent {
    if let (cell, extent) = constant(id) {
      constants.cells.append(cell)
      emit(Instruction(.constant, long: constants.cells.count - 1), tree[id].range)
      return extent
    }
    switch tree[id].kind {
    case .number, .text, .constant, .malformed: return .anything
    case .name(let name):
      let slot = slot(of: name, tree[id].range)
      emit(Instruction(.property, short: slot), tree[id].range, id)
      return .anything
    case .negate(let operand):
      _ = visit(operand)
      emit(Instruction(.negate), tree[id].range, operand)
      return .number
    case .not(let operand):
      _ = visit(operand)
      emit(Instruction(.not), tree[id].range, operand)
      return .logical
    case .arithmetic: return arithmetic(id)
    case .and, .or: return logic(id)
    case .membership: return membership(id)
    case .relations(let first, let links): return relations(id, first, links)
    case .conditional(let condition, let then, let otherwise):
      return conditional(id, condition, then, otherwise)
    case .list(let elements): return list(id, elements)
    case .call(let name, let nameRange, let arguments):
      return call(id, name, nameRange, arguments)
    case .property(let name, let isQuoted, let nameRange, let object):
      return property(id, name, isQuoted, nameRange, object)
    }
  }

  private mutating func arithmetic(_ id: SyntaxTree.NodeID) -> Extent {
    let (leftmost, nodes) = tree.spine(id) { kind in
      if case .arithmetic(_, let left, _) = kind { left } else { nil }
    }
    var extent = visit(leftmost)
    for node in nodes {
      guard case .arithmetic(let operation, let left, let right) = tree[node].kind else { continue }
      let other = visit(right)
      let types = (extent.type, other.type)
      let isJoining = operation == .add && types != (.number, .number)
      let bytes = min(extent.joinedBytes + other.joinedBytes, Limits.textBytes)
      emit(
        Instruction(operation.opcode), tree[node].range, left, right,
        extents: (extent, other))
      extent = isJoining ? .text(bytes: bytes) : .number
      // Whether it adds or joins shows at run time only, unless one side is a text.
      if isJoining, types.0 != .text, types.1 != .text { extent.type = nil }
    }
    return extent
  }

  /// `a and b and c` leaves for one end, and each but the last operand is checked where it may leave.
  private mutating func logic(_ id: SyntaxTree.NodeID) -> Extent {
    var isAnd = false
    if case .and = tree[id].kind { isAnd = true }
    let (leftmost, nodes) = tree.spine(id) { kind in
      switch kind {
      case .and(let left, _): isAnd ? left : nil
      case .or(let left, _): isAnd ? nil : left
      default: nil
      }
    }
    var extent = visit(leftmost)
    var operand = leftmost
    var exits: [Int] = []
    for (index, node) in nodes.enumerated() {
      exits.append(code.count)
      emit(
        Instruction(isAnd ? .and : .or), tree[node].range, operand,
        firstOperand: index == 0 ? 0 : 1)
      switch tree[node].kind {
      case .and(_, let right), .or(_, let right): operand = right
      default: break
      }
      extent = visit(operand)
    }
    if extent.type != .logical {
      emit(Instruction(.logical), tree[id].range, operand, firstOperand: 1)
    }
    for exit in exits { patch(exit) }
    return .logical
  }

  private mutating func membership(_ id: SyntaxTree.NodeID) -> Extent {
    let (leftmost, nodes) = tree.spine(id) { kind in
      if case .membership(_, let left, _) = kind { left } else { nil }
    }
    var extent = visit(leftmost)
    for node in nodes {
      guard case .membership(let isNegated, let left, let right) = tree[node].kind else { continue }
      let other = visit(right)
      emit(
        Instruction(isNegated ? .notIn : .in), tree[node].range, left, right,
        extents: (extent, other))
      extent = .logical
    }
    return extent
  }

  private mutating func conditional(
    _ id: SyntaxTree.NodeID, _ condition: SyntaxTree.NodeID, _ then: SyntaxTree.NodeID,
    _ otherwise: SyntaxTree.NodeID
  ) -> Extent {
    _ = visit(condition)
    let branch = code.count
    emit(Instruction(.branch), tree[id].range, condition)
    let base = (depth: depth, fuel: fuelBound)
    let first = visit(then)
    let jump = code.count
    emit(Instruction(.jump), tree[id].range)
    let firstFuel = fuelBound
    patch(branch)
    (depth, fuelBound) = base
    let second = visit(otherwise)
    // One of the two sides runs.
    fuelBound = max(fuelBound, firstFuel)
    patch(jump)
    return first.joined(with: second)
  }

  private mutating func list(
    _ id: SyntaxTree.NodeID, _ elements: [SyntaxTree.NodeID]
  ) -> Extent {
    if elements.count > Limits.listElements {
      report(
        .listTooLong, tree[id].range,
        "the list has \(elements.count) elements, \(Limits.listElements) are allowed: put the values into the context"
      )
    }
    emit(Instruction(.beginList, long: elements.count), tree[id].range)
    var extent = Extent(type: .list, elements: elements.count, cells: 1, bytes: 0)
    for (index, element) in elements.enumerated() {
      let one = visit(element)
      extent.cells = extent.cells.addedClamped(to: one.cells)
      extent.bytes = extent.bytes.addedClamped(to: one.bytes)
      emit(Instruction(.element, long: index), tree[element].range)
    }
    return extent
  }

  private mutating func property(
    _ id: SyntaxTree.NodeID, _ name: String, _ isQuoted: Bool, _ nameRange: Range<Int>,
    _ object: SyntaxTree.NodeID
  ) -> Extent {
    _ = visit(object)
    // A constant's name is the constant wherever it stands, also before `of`; the operand is evaluated, as in
    // the reference.
    if !isQuoted, let constant = SyntaxTree.Constant(rawValue: name) {
      emit(Instruction(.discard), tree[id].range)
      let (cell, extent) = Self.cell(constant)
      constants.cells.append(cell)
      emit(Instruction(.constant, long: constants.cells.count - 1), nameRange)
      return extent
    }
    emit(Instruction(.member, long: addText(name)), nameRange, object)
    return .anything
  }
}

extension SyntaxTree.Arithmetic {
  var opcode: Opcode {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .modulo: .modulo
    case .power: .power
    }
  }
}

extension Range<Int> {
  /// An expression has at most ``Limits/expressionBytes``.
  var narrowed: Range<Int32> { Int32(lowerBound)..<Int32(upperBound) }
}

extension Range<Int32> {
  var widened: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
