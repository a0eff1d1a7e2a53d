/// The properties that evaluations have read, by their slots, in the order of the first reading.
public struct PropertyReads: Sendable {
  /// Slots of the ``PropertyTable``; each stands here once, so that there are at most ``Limits/properties``.
  public private(set) var slots: [Int] = []

  /// No reads.
  public init() {}

  /// Forgets all reads, and keeps the memory.
  public mutating func removeAll() { slots.removeAll(keepingCapacity: true) }

  mutating func note(_ slot: Int) {
    if !slots.contains(slot) { slots.append(slot) }
  }
}

extension Machine {
  /// Evaluates as ``run(_:context:bindings:now:fuel:)`` does, to the same end with the same fuel, and notes which
  /// properties are read on the way.
  ///
  /// What a short circuit leaves out is not read. Costs a multiple of the time, and nothing to those who do not call it:
  /// the evaluation runs in slices of one unit, and what each instruction reads is seen before it runs.
  ///
  /// - Parameters:
  ///   - program: The program that was started.
  ///   - context: The player's properties; the same one until the evaluation ends.
  ///   - bindings: The slots of the program's property table, bound to that context.
  ///   - now: The instant of the execution, in Unix seconds.
  ///   - fuel: Units left in this slice, as of ``run(_:context:bindings:now:fuel:)``.
  ///   - reads: Where the slots are added.
  /// - Returns: How the slice ended.
  public mutating func run(
    _ program: Program, context: borrowing Context, bindings: borrowing Bindings, now: Double,
    fuel: inout Int, noting reads: inout PropertyReads
  ) -> Step {
    while fuel > 0 {
      let instruction = program.code[position]
      if instruction.opcode.row.operands.contains(.slot) {
        reads.note(Int(instruction.short))
      }
      var unit = 1
      let step = run(program, context: context, bindings: bindings, now: now, fuel: &unit)
      fuel -= 1 - unit
      guard step == .paused else { return step }
    }
    return .paused
  }
}
