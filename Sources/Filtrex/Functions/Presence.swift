/// Whether there is something.
enum Presence {
  @Sendable static func exists(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell { Cell(exists(arguments[0])) }

  @Sendable static func isEmpty(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell { Cell(isEmpty(arguments[0])) }

  static func exists(_ cell: Cell) -> Bool { cell.kind != .missing && cell.kind != .null }

  static func isEmpty(_ cell: Cell) -> Bool {
    switch cell.kind {
    case .missing, .null: true
    case .text, .list: cell.count == 0
    case .logical, .number, .object: false
    }
  }
}
