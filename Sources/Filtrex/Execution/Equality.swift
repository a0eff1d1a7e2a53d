/// Comparison of values by content.
struct Equality: Sendable {
  private struct Pair {
    var left: Cell
    var right: Cell
    /// Cells still to be compared from the front of both.
    var remaining: Int
  }

  /// Pairs of lists and objects that are compared in part; reused, so that comparing allocates nothing.
  private var open: [Pair] = []

  /// Whether both have the same type and content.
  ///
  /// Bounded by what a context can hold, so that it runs to its end at once; `fuel` grows with what was compared.
  /// `in` takes NaN for equal to itself, as JavaScript's `includes` does, `==` does not.
  mutating func areEqual(
    _ left: Cell, _ right: Cell, _ scratch: borrowing Store, _ program: borrowing Program,
    _ context: borrowing Context, sameNaN: Bool, fuel: inout Int
  ) -> Bool {
    if left.kind == .number, right.kind == .number {
      fuel += 1
      return left.number == right.number || sameNaN && left.number.isNaN && right.number.isNaN
    }
    if left.kind != right.kind {
      fuel += 1
      return false
    }
    let memory = scratch.memory(program, context)
    open.removeAll(keepingCapacity: true)
    guard step(left, right, memory, sameNaN, &fuel) else { return false }
    while let pair = open.last {
      if pair.remaining == 0 {
        open.removeLast()
        continue
      }
      open[open.count - 1].remaining -= 1
      let index = pair.remaining - 1
      let isEqual = step(
        cells(pair.left, memory)[index], cells(pair.right, memory)[index], memory, sameNaN, &fuel)
      guard isEqual else { return false }
    }
    return true
  }

  @_lifetime(copy memory)
  private func cells(_ cell: Cell, _ memory: borrowing Memory) -> Span<Cell> {
    cell.kind == .object ? memory.members(cell) : memory.elements(cell)
  }

  /// Compares two cells as far as they go, and puts off what is in them.
  private mutating func step(
    _ left: Cell, _ right: Cell, _ memory: borrowing Memory, _ sameNaN: Bool, _ fuel: inout Int
  ) -> Bool {
    fuel += 1
    guard left.kind == right.kind else { return false }
    switch left.kind {
    case .missing, .null: return true
    case .logical: return left.bits == right.bits
    case .number:
      return left.number == right.number || sameNaN && left.number.isNaN && right.number.isNaN
    case .text:
      guard left.count == right.count else { return false }
      fuel += FuelCost.bytes(left.count)
      return ByteOrder.equal(memory.text(left), memory.text(right))
    case .list, .object:
      guard left.count == right.count else { return false }
      if left.count == 0 { return true }
      let count = left.kind == .object ? 2 * left.count : left.count
      open.append(Pair(left: left, right: right, remaining: count))
      return true
    }
  }
}
