extension Compiler {
  mutating func relations(
    _ id: SyntaxTree.NodeID, _ first: SyntaxTree.NodeID, _ links: [SyntaxTree.Link]
  ) -> Extent {
    if links.count == 1, fused(id, first, links[0]) { return .logical }
    var left = first
    var extent = visit(first)
    var exits: [Int] = []
    for (index, link) in links.enumerated() {
      let right = visit(link.operand)
      let isLast = index == links.count - 1
      if !isLast { exits.append(code.count) }
      let (pattern, patternFuel) = pattern(link, extent, right)
      emit(
        Instruction(isLast ? .relate : .chain, relation: link.relation, short: pattern),
        tree[id].range, left, link.operand, extents: (extent, right),
        matchingFuel: patternFuel)
      left = link.operand
      extent = right
    }
    for exit in exits { patch(exit) }
    return .logical
  }

  /// A property against a constant is one instruction, the commonest condition there is.
  private mutating func fused(
    _ id: SyntaxTree.NodeID, _ first: SyntaxTree.NodeID, _ link: SyntaxTree.Link
  ) -> Bool {
    guard case .name(let name) = tree[first].kind else { return false }
    if case .list = tree[link.operand].kind { return false }
    let opcode: Opcode
    switch link.relation {
    case .equal: opcode = .propertyEqual
    case .notEqual: opcode = .propertyNotEqual
    case .less: opcode = .propertyLess
    case .lessOrEqual: opcode = .propertyLessOrEqual
    case .greater: opcode = .propertyGreater
    case .greaterOrEqual: opcode = .propertyGreaterOrEqual
    case .matches: return false
    }
    guard let (cell, extent) = constant(link.operand) else { return false }
    guard cell.kind == .number || opcode == .propertyEqual || opcode == .propertyNotEqual else {
      return false
    }
    constants.cells.append(cell)
    emit(
      Instruction(
        opcode, short: slot(of: name, tree[first].range), long: constants.cells.count - 1),
      tree[id].range, first, link.operand, extents: (extent, extent))
    return true
  }

  /// One more than the index of a pattern that is known now, or zero; and the fuel that matching can take.
  private mutating func pattern(
    _ link: SyntaxTree.Link, _ text: Extent, _ source: Extent
  ) -> (Int, fuel: Int) {
    guard link.relation == .matches else { return (0, 0) }
    let bytes = max(text.bytes, 0)
    guard case .text(let content) = tree[link.operand].kind else {
      let fuel = PatternMatcher.fuelBound(stateCount: Limits.patternStates, textBytes: bytes)
      return (0, fuel.addedClamped(to: PatternFuel.readingBound(bytes: source.bytes)))
    }
    do throws(PatternError) {
      let pattern = try Pattern(parsing: content.utf8Span.span)
      patterns.append(pattern)
      return (
        patterns.count, pattern.fuelBound(textBytes: bytes)
      )
    } catch {
      report(error.diagnosticCode, place(error.range, in: link.operand), error.description)
      return (0, 0)
    }
  }

  /// The place of a mistake in a pattern, where its author sees it in the expression.
  private func place(_ range: Range<Int>, in id: SyntaxTree.NodeID) -> Range<Int> {
    let literal = tree[id].range
    var bytes = expression.utf8.dropFirst(literal.lowerBound + 1).prefix(literal.count - 2)
    /// The offset in the expression of what stands `count` bytes further on in the text.
    func skip(_ count: Int) -> Int {
      for _ in 0..<count where bytes.popFirst() == UInt8(ascii: "\\") {
        // Of a backslash and what it escapes, the text has only the latter.
        if let escaped = bytes.first, #""\"#.utf8.contains(escaped) { bytes.removeFirst() }
      }
      return literal.upperBound - 1 - bytes.count
    }
    let start = skip(range.lowerBound)
    return start..<skip(range.count)
  }
}
