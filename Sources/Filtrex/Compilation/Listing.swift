internal import NumberText

/// One instruction of a program, taken apart for people and tools.
public struct ListedInstruction: Sendable, Equatable {
  /// Its place in the code.
  public var index: Int
  /// What the instruction set calls it.
  public var opcode: String
  /// What it works on beside the stack, in words: a property in backticks, a constant, `-> 7`.
  public var operands: [String]
  /// What it takes, in units of fuel: `1 + bytes/16`.
  public var fuel: String
  /// The most fuel that it takes, whatever the context.
  public var fuelBound: Int
  /// The part of the expression it belongs to, in bytes of its UTF-8.
  public var range: Range<Int>
}

extension Program {
  /// The code, instruction by instruction.
  public var listing: [ListedInstruction] {
    code.enumerated().map { index, instruction in
      let row = instruction.opcode.row
      let site = sites[index]
      return ListedInstruction(
        index: index, opcode: row.name,
        operands: row.operands.compactMap { describe($0, of: instruction) },
        fuel: row.fuel.notation(of: instruction), fuelBound: site.fuelBound,
        range: site.range.widened)
    }
  }

  /// How many values an evaluation holds at once at most.
  public var stackBound: Int { stackDepth }

  private func describe(_ operand: OpcodeRow.Operand, of instruction: Instruction) -> String? {
    let long = Int(instruction.long)
    switch operand {
    case .constant: return constantText(constants.cells[long])
    case .slot: return propertyNames[Int(instruction.short)].map { "`\($0)`" }
    case .relation: return instruction.relation.sign
    case .pattern: return instruction.short == 0 ? nil : "pattern \(instruction.short - 1)"
    case .target: return "-> \(long)"
    case .index, .count: return "\(long)"
    case .function: return FunctionTable.rows[long].name
    case .arguments: return "of \(instruction.short)"
    }
  }

  private func constantText(_ cell: Cell) -> String {
    let nothing = Store()
    let memory = Memory(constants: constants.view, context: nothing.view, scratch: nothing.view)
    return memory.value(cell).literal
  }
}

extension Value {
  /// The value as an expression would write it; an object, which none can write, in braces.
  ///
  /// As deep as the value nests, which ``Limits`` bound.
  fileprivate var literal: String {
    switch self {
    case .null: return "null"
    case .logical(let value): return value ? "true" : "false"
    case .number(let number): return ECMAScriptNumber.text(number)
    case .text(let text):
      return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    case .list(let elements):
      return "(" + elements.map(\.literal).joined(separator: ", ") + ")"
    case .object(let members):
      return "{" + members.map { "\($0.name): \($0.value.literal)" }.joined(separator: ", ") + "}"
    }
  }
}
