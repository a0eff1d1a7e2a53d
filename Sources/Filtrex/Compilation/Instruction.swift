/// One step of a program: eight bytes, trivially copyable.
struct Instruction: BitwiseCopyable, Sendable, Equatable {
  var opcode: Opcode
  /// The relation of `relate` and `chain`.
  var relation: Relation = .equal
  /// A property's slot, a call's number of arguments, or one more than a pattern's index.
  var short: UInt16 = 0
  /// A constant, a jump's target, an element's index, a list's count or a function.
  var long: UInt32 = 0

  init(_ opcode: Opcode, relation: Relation = .equal, short: Int = 0, long: Int = 0) {
    self.opcode = opcode
    self.relation = relation
    self.short = UInt16(short)
    self.long = UInt32(long)
  }
}

/// Where an instruction came from: its expression, and each operand of it.
struct Site: Sendable {
  var range: Range<Int32>
  var firstOperand: Int32
  var operandCount: Int32
  /// The number of the first operand: an `and` in a chain checks what is its left or its right one.
  var firstNumber: Int32
  /// The most fuel that the instruction can take.
  var fuelBound: Int
}
