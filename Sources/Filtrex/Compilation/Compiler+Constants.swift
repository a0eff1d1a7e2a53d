extension Compiler {
  static func cell(_ constant: SyntaxTree.Constant) -> (Cell, Extent) {
    switch constant {
    case .true: (Cell(true), .logical)
    case .false: (Cell(false), .logical)
    case .null: (.null, .null)
    }
  }

  /// The value of a node that is known now: a number, a text, a constant, or a list of such.
  mutating func constant(_ id: SyntaxTree.NodeID) -> (Cell, Extent)? {
    switch tree[id].kind {
    case .number(let number): return (Cell(number), .number)
    case .text(let text):
      let cell = constants.text(text.utf8Span.span.raw, in: .constants)
      return (cell, .text(bytes: cell.count))
    case .constant(let constant): return Self.cell(constant)
    case .negate(let operand):
      guard case .number(let number) = tree[operand].kind else { return nil }
      return (Cell(-number), .number)
    case .list(let elements): return constantList(elements)
    default: return nil
    }
  }

  private mutating func constantList(_ elements: [SyntaxTree.NodeID]) -> (Cell, Extent)? {
    guard elements.count <= Limits.listElements, elements.allSatisfy(isConstant) else { return nil }
    var cells: [Cell] = []
    var extent = Extent(type: .list, elements: elements.count, cells: 1, bytes: 0)
    for element in elements {
      guard let (cell, one) = constant(element) else { return nil }
      cells.append(cell)
      extent.cells += one.cells
      extent.bytes += one.bytes
    }
    let offset = constants.cells.count
    constants.cells.append(contentsOf: cells)
    return (Cell(.list, offset: offset, count: cells.count, in: .constants), extent)
  }

  private func isConstant(_ id: SyntaxTree.NodeID) -> Bool {
    switch tree[id].kind {
    case .number, .text, .constant: return true
    case .negate(let operand):
      if case .number = tree[operand].kind { return true }
      return false
    case .list(let elements):
      return elements.count <= Limits.listElements && elements.allSatisfy(isConstant)
    default: return false
    }
  }
}
