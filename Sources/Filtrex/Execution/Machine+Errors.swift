extension Machine {
  /// Tells an author what went wrong at the instruction at hand.
  func explain(
    _ fault: Fault, _ program: borrowing Program, _ context: borrowing Context
  ) -> EvaluationError {
    let site = program.sites[position]
    let whole = site.range.widened
    switch fault {
    case .unknownProperty: return unknownProperty(program, whole)
    case .unexpectedType(let operand, let expected, let received):
      let range =
        operand < Int(site.operandCount)
        ? program.operandRanges[Int(site.firstOperand) + operand].widened : whole
      return EvaluationError(
        code: .unexpectedType, range: range, expected: expected, received: received.rawValue,
        operand: operand + Int(site.firstNumber),
        message: "expected \(expected) here, received \(received.rawValue)")
    case .textTooLong:
      return EvaluationError(
        code: .textTooLong, range: whole,
        message: "the text made here has more than \(Limits.textBytes) bytes: join shorter ones")
    case .tooMuchText:
      return EvaluationError(
        code: .tooMuchText, range: whole,
        message:
          "the texts made so far have more than \(Limits.heldTextBytes) bytes together: make fewer or shorter ones"
      )
    case .pattern(let error):
      let range =
        site.operandCount > 1
        ? program.operandRanges[Int(site.firstOperand) + 1].widened : whole
      return EvaluationError(
        code: error.evaluationCode, range: range, operand: 1,
        message: "\(error) (at byte \(error.range.lowerBound) of the pattern made here)")
    }
  }

  private func unknownProperty(
    _ program: borrowing Program, _ whole: Range<Int>
  ) -> EvaluationError {
    let instruction = program.code[position]
    let site = program.sites[position]
    if instruction.opcode == .member {
      let nothing = Store()
      let name = Memory(
        constants: program.constants.view, context: nothing.view, scratch: nothing.view
      ).string(program.constants.cells[Int(instruction.long)])
      return EvaluationError(
        code: .unknownProperty, range: whole, property: name,
        message:
          "the value on the right of `of` has no property `\(name)`: look for it with its right name"
      )
    }
    let name = program.propertyNames[Int(instruction.short)] ?? ""
    let range =
      site.operandCount > 0 ? program.operandRanges[Int(site.firstOperand)].widened : whole
    return EvaluationError(
      code: .unknownProperty, range: range, property: name,
      message:
        "the context has no property `\(name)`: send it, or ask `exists(\(name))` before")
  }
}
