extension Memory {
  /// The value that a cell names, copied out.
  ///
  /// Recursion is bounded: contexts nest at most ``Limits/contextNesting`` deep and expressions ``Limits/nesting``.
  func value(_ cell: Cell) -> Value {
    switch cell.kind {
    case .missing, .null: return .null
    case .logical: return .logical(cell.logical)
    case .number: return .number(cell.number)
    case .text: return .text(string(cell))
    case .list:
      let elements = elements(cell)
      var values: [Value] = []
      values.reserveCapacity(elements.count)
      for index in elements.indices { values.append(value(elements[index])) }
      return .list(values)
    case .object:
      let members = members(cell)
      var values: [Value.Member] = []
      values.reserveCapacity(cell.count)
      for index in stride(from: 0, to: members.count, by: 2) {
        values.append(
          Value.Member(name: string(members[index]), value: value(members[index + 1])))
      }
      return .object(values)
    }
  }

  /// Takes the bytes of a value from `left`, and stops when none are left; recursion as in ``value(_:)``.
  func count(_ cell: Cell, _ left: inout Int) {
    left = max(left - Machine.bytesPerCell, 0)
    switch cell.kind {
    case .missing, .null, .logical, .number: break
    case .text: left = max(left - cell.count, 0)
    case .list:
      let elements = elements(cell)
      for index in elements.indices where left > 0 { count(elements[index], &left) }
    case .object:
      let members = members(cell)
      for index in members.indices where left > 0 { count(members[index], &left) }
    }
  }

  func string(_ cell: Cell) -> String { String(copying: text(cell)) }
}

extension String {
  /// Copies UTF-8 out of a span.
  init(copying utf8: Span<UInt8>) {
    var bytes: [UInt8] = []
    bytes.append(copying: utf8.raw)
    self = String(decoding: bytes, as: UTF8.self)
  }
}
