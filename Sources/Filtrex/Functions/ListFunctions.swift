/// Functions of lists.
enum ListFunctions {
  @Sendable static func sum(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let elements = memory.elements(arguments[0])
    output.fuel += elements.count
    var sum = 0.0
    for index in elements.indices {
      let element = memory.unwrapped(elements[index])
      guard element.kind == .number else {
        throw .unexpectedType(
          operand: 0, expected: "list of numbers", received: element.type)
      }
      sum += element.number
    }
    return Cell(sum)
  }

  @Sendable static func first(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let elements = memory.elements(arguments[0])
    return elements.isEmpty ? .null : elements[0]
  }

  @Sendable static func last(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    let elements = memory.elements(arguments[0])
    return elements.isEmpty ? .null : elements[elements.count - 1]
  }
}
