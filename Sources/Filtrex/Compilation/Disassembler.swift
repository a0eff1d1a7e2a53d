extension Program {
  /// The program as text, one instruction a line, for people.
  ///
  /// Each line has the place in the code, the instruction with its operands, and the part of the expression it
  /// belongs to.
  public var disassembly: String {
    var text = ""
    for (index, instruction) in code.enumerated() {
      let row = instruction.opcode.row
      let operands = row.operands.compactMap { describe($0, of: instruction) }
      let words = ([row.name] + operands).joined(separator: " ")
      text +=
        Self.padded("\(index)", 5) + Self.padded(words, 44) + source(sites[index].range) + "\n"
    }
    return text + "fuel at most \(fuelBound), stack \(stackDepth)\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private func source(_ range: Range<Int32>) -> String {
    String(
      decoding: expression.utf8.dropFirst(Int(range.lowerBound)).prefix(range.count),
      as: UTF8.self)
  }

  private func describe(_ operand: OpcodeRow.Operand, of instruction: Instruction) -> String? {
    let long = Int(instruction.long)
    switch operand {
    case .constant:
      let nothing = Store()
      let memory = Memory(
        constants: constants.view, context: nothing.view, scratch: nothing.view)
      return "\(memory.value(constants.cells[long]))"
    case .slot: return propertyNames[Int(instruction.short)].map { "`\($0)`" }
    case .relation: return instruction.relation.sign
    case .pattern: return instruction.short == 0 ? nil : "pattern \(instruction.short - 1)"
    case .target: return "→ \(long)"
    case .index, .count: return "\(long)"
    case .function: return FunctionTable.rows[long].name
    case .arguments: return "of \(instruction.short)"
    }
  }

  /// The opcodes and what each does, as a Markdown table; each costs one unit of fuel and what its row says.
  public static var instructionSet: String {
    var text =
      "| opcode | operands | takes | leaves | |\n| --- | --- | --- | --- | --- |\n"
    for row in OpcodeRow.all {
      let operands = row.operands.map(\.rawValue).joined(separator: ", ")
      let pops = row.opcode == .call ? "arguments" : "\(row.pops)"
      text +=
        "| `\(row.name)` | \(operands) | \(pops) | \(row.pushes) | \(row.summary) |\n"
    }
    return text
  }
}
