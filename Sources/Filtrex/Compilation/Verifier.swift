/// Looks through a program before it runs: no instruction may leave the code, the constants, the slots or the stack.
enum Verifier {
  enum Violation: Error, Equatable {
    case outside(OpcodeRow.Operand, at: Int)
    case jumpBackwards(at: Int)
    case depthsDiffer(at: Int)
    case stackTooLow(at: Int)
    case stackTooHigh(at: Int)
    case noEnd
  }

  /// The first thing that is wrong with `program`.
  static func violation(of program: Program, slotCount: Int) -> Violation? {
    // Jumps only go forwards, so that one pass sees every way to an instruction before the instruction.
    var depths = [Int?](repeating: nil, count: program.code.count)
    guard !depths.isEmpty else { return .noEnd }
    depths[0] = 0
    for (index, instruction) in program.code.enumerated() {
      if let violation = operandViolation(instruction, at: index, program, slotCount) {
        return violation
      }
      guard let depth = depths[index] else { continue }
      let row = instruction.opcode.effect
      let pops = instruction.opcode == .call ? Int(instruction.short) : row.pops
      guard depth >= pops + (instruction.opcode == .element ? 1 : 0) else {
        return .stackTooLow(at: index)
      }
      guard depth - pops + max(row.pushes, row.pushesAtTarget ?? 0) <= program.stackDepth else {
        return .stackTooHigh(at: index)
      }
      if instruction.opcode == .finish { continue }
      if let pushes = row.pushesAtTarget {
        let target = Int(instruction.long)
        guard target > index else { return .jumpBackwards(at: index) }
        guard join(&depths[target], depth - pops + pushes) else { return .depthsDiffer(at: target) }
      }
      if instruction.opcode == .jump { continue }
      guard index + 1 < depths.count else { return .noEnd }
      guard join(&depths[index + 1], depth - pops + row.pushes) else {
        return .depthsDiffer(at: index + 1)
      }
    }
    return program.code.last?.opcode == .finish && depths.last == 1 ? nil : .noEnd
  }

  private static func join(_ depth: inout Int?, _ other: Int) -> Bool {
    if let depth { return depth == other }
    depth = other
    return true
  }

  private static func operandViolation(
    _ instruction: Instruction, at index: Int, _ program: Program, _ slotCount: Int
  ) -> Violation? {
    let long = Int(instruction.long)
    for operand in instruction.opcode.row.operands {
      let isInside =
        switch operand {
        case .constant: long < program.constants.cells.count
        case .slot: Int(instruction.short) < slotCount
        case .pattern: Int(instruction.short) <= program.patterns.count
        case .target: long < program.code.count
        case .function: long < FunctionTable.rows.count
        case .count: long <= Limits.listElements
        case .index: long < Limits.listElements
        case .relation, .arguments: true
        }
      if !isInside { return .outside(operand, at: index) }
    }
    return nil
  }
}
