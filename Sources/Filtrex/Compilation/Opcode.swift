/// What an instruction does; ``Opcode/row`` says the rest.
enum Opcode: UInt8, Sendable, CaseIterable {
  case constant
  case property
  case propertyExists
  case propertyIsEmpty
  case member
  case discard
  case add
  case subtract
  case multiply
  case divide
  case modulo
  case power
  case negate
  case relate
  case chain
  case propertyEqual
  case propertyNotEqual
  case propertyLess
  case propertyLessOrEqual
  case propertyGreater
  case propertyGreaterOrEqual
  case `in`
  case notIn
  case not
  case logical
  case and
  case or
  case branch
  case jump
  case beginList
  case element
  case call
  case finish
}

/// What the verifier, the disassembler and the documentation know of an opcode.
struct OpcodeRow: Sendable {
  /// What the fields of an instruction mean here.
  enum Operand: String, Sendable {
    case constant, slot, relation, pattern, target, index, count, function, arguments
  }

  let opcode: Opcode
  let name: String
  let operands: [Operand]
  /// Values taken from the stack; a call takes as many as its `arguments` say.
  let pops: Int
  /// Values left on the stack where execution goes on with the next instruction.
  let pushes: Int
  /// Values left on the stack where it goes on at the target.
  let pushesAtTarget: Int?
  let fuel: OpcodeFuel
  let summary: String

  init(
    _ opcode: Opcode, _ name: String, _ operands: [Operand], pops: Int, pushes: Int,
    pushesAtTarget: Int? = nil, fuel growth: OpcodeFuel.Growth = .nothing, _ summary: String
  ) {
    self.opcode = opcode
    self.name = name
    self.operands = operands
    self.pops = pops
    self.pushes = pushes
    self.pushesAtTarget = pushesAtTarget
    fuel = OpcodeFuel(growth)
    self.summary = summary
  }

  /// Every opcode, in the order of their numbers.
  static let all: [OpcodeRow] = [
    .init(.constant, "constant", [.constant], pops: 0, pushes: 1, "a constant"),
    .init(.property, "property", [.slot], pops: 0, pushes: 1, "a property of the context"),
    .init(
      .propertyExists, "property-exists", [.slot], pops: 0, pushes: 1,
      "whether the context has the property and it is not null"),
    .init(
      .propertyIsEmpty, "property-is-empty", [.slot], pops: 0, pushes: 1,
      "whether the property is missing, null, an empty text or an empty list"),
    .init(
      .member, "member", [.constant], pops: 1, pushes: 1,
      "the property, named by a constant, of an object or list"),
    .init(.discard, "discard", [], pops: 1, pushes: 0, "forgets a value"),
    .init(
      .add, "add", [], pops: 2, pushes: 1, fuel: .madeText,
      "the sum of two numbers, or two texts joined"),
    .init(.subtract, "subtract", [], pops: 2, pushes: 1, "a difference"),
    .init(.multiply, "multiply", [], pops: 2, pushes: 1, "a product"),
    .init(.divide, "divide", [], pops: 2, pushes: 1, "a quotient"),
    .init(.modulo, "modulo", [], pops: 2, pushes: 1, "a remainder with the sign of the divisor"),
    .init(.power, "power", [], pops: 2, pushes: 1, "a power"),
    .init(.negate, "negate", [], pops: 1, pushes: 1, "a number's negative"),
    .init(
      .relate, "relate", [.relation, .pattern], pops: 2, pushes: 1, fuel: .relation,
      "whether two values are so related"),
    .init(
      .chain, "chain", [.relation, .pattern, .target], pops: 2, pushes: 1, pushesAtTarget: 1,
      fuel: .relation, "relates two values; keeps the right one, or leaves with false"),
    .init(
      .propertyEqual, "property-equal", [.slot, .constant], pops: 0, pushes: 1,
      fuel: .constantText, "whether a property equals a number, text, logical or null"),
    .init(
      .propertyNotEqual, "property-not-equal", [.slot, .constant], pops: 0, pushes: 1,
      fuel: .constantText, "whether a property differs from a number, text, logical or null"),
    .init(
      .propertyLess, "property-less", [.slot, .constant], pops: 0, pushes: 1,
      "whether a property is less than a number"),
    .init(
      .propertyLessOrEqual, "property-less-or-equal", [.slot, .constant], pops: 0, pushes: 1,
      "whether a property is at most a number"),
    .init(
      .propertyGreater, "property-greater", [.slot, .constant], pops: 0, pushes: 1,
      "whether a property is greater than a number"),
    .init(
      .propertyGreaterOrEqual, "property-greater-or-equal", [.slot, .constant], pops: 0, pushes: 1,
      "whether a property is at least a number"),
    .init(
      .in, "in", [], pops: 2, pushes: 1, fuel: .pairs,
      "whether every element of one list is in another"),
    .init(
      .notIn, "not-in", [], pops: 2, pushes: 1, fuel: .pairs,
      "whether some element of one list is not in another"),
    .init(.not, "not", [], pops: 1, pushes: 1, "a logical's opposite"),
    .init(.logical, "logical", [], pops: 1, pushes: 1, "checks that a value is a logical"),
    .init(
      .and, "and", [.target], pops: 1, pushes: 0, pushesAtTarget: 1,
      "leaves with false if a logical is false"),
    .init(
      .or, "or", [.target], pops: 1, pushes: 0, pushesAtTarget: 1,
      "leaves with true if a logical is true"),
    .init(
      .branch, "branch", [.target], pops: 1, pushes: 0, pushesAtTarget: 0,
      "leaves if a logical is false"),
    .init(.jump, "jump", [.target], pops: 0, pushes: 0, pushesAtTarget: 0, "goes on at the target"),
    .init(
      .beginList, "begin-list", [.count], pops: 0, pushes: 1, fuel: .elements,
      "a list with room for its elements"),
    .init(.element, "element", [.index], pops: 1, pushes: 0, "puts a value into the list below it"),
    .init(
      .call, "call", [.function, .arguments], pops: 0, pushes: 1, fuel: .function,
      "a function of the values on top"),
    .init(.finish, "finish", [], pops: 1, pushes: 1, "the value is the answer"),
  ]
}

/// What the compiler and the verifier ask of every instruction, apart from the rows: copying one counts its references.
struct OpcodeEffect: BitwiseCopyable, Sendable {
  let pops: Int
  let pushes: Int
  let pushesAtTarget: Int?
  let growth: OpcodeFuel.Growth

  /// Of every opcode, in the order of their numbers.
  static let all = OpcodeRow.all.map {
    OpcodeEffect(
      pops: $0.pops, pushes: $0.pushes, pushesAtTarget: $0.pushesAtTarget, growth: $0.fuel.growth)
  }
}

extension Opcode {
  var effect: OpcodeEffect { OpcodeEffect.all[Int(rawValue)] }
  var row: OpcodeRow { OpcodeRow.all[Int(rawValue)] }
}
