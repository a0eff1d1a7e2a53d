public import Filtrex

/// One evaluation, in slices of so many units of fuel.
public struct Run {
  /// How it ended.
  public var step = Machine.Step.paused
  /// The value, once finished.
  public var value = Value.null
  /// The value as `+` joins it, once finished and where it is a text or a number.
  public var text: [UInt8]?
  /// Units of fuel in all.
  public var fuelUsed = 0

  /// Whether it came to its end before the cap.
  public var hasEnded: Bool { step != .paused }

  /// No evaluation.
  public init() {}

  /// Evaluates until there is a result, or `cap` units are used up.
  public init(
    _ program: Program, _ context: Context, _ bindings: Bindings, slice: Int, cap: Int
  ) {
    var machine = Machine()
    machine.start(program)
    var fuel = 0
    repeat {
      let used = machine.fuelUsed
      fuel += slice
      let before = fuel
      step = machine.run(
        program, context: context, bindings: bindings, now: 1_795_514_400, fuel: &fuel)
      require(machine.fuelUsed - used == before - fuel, "the fuel used is miscounted")
      require(fuel <= 0 || step != .paused, "paused with \(fuel) units of fuel left")
    } while step == .paused && machine.fuelUsed < cap
    fuelUsed = machine.fuelUsed
    guard step == .finished else { return }
    value = machine.value(program, context)
    var bytes: [UInt8] = []
    if machine.appendText(of: program, context: context, to: &bytes) { text = bytes }
    require(
      text.map { String(validating: $0, as: UTF8.self) != nil } ?? true, "a text is not UTF-8")
    if let logical = machine.logical {
      require(value.holds(logical), "the logical \(logical) is not the value \(value)")
    }
  }

  /// Bit for bit the same result, for the same fuel.
  public func isSame(as other: Run) -> Bool {
    step == other.step && value.isSame(as: other.value) && text == other.text
      && fuelUsed == other.fuelUsed
  }
}

extension Value {
  /// As `==`, but NaN is the same as NaN, and zero is not minus zero.
  fileprivate func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.number(let left), .number(let right)):
      left.isNaN && right.isNaN || left == right && left.sign == right.sign
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.object(let left), .object(let right)):
      left.count == right.count
        && zip(left, right).allSatisfy { $0.name == $1.name && $0.value.isSame(as: $1.value) }
    default: self == other
    }
  }

  /// Whether it is that logical, or a list of it alone.
  fileprivate func holds(_ logical: Bool) -> Bool {
    if case .list(let elements) = self, elements.count == 1 {
      return elements[0] == .logical(logical)
    }
    return self == .logical(logical)
  }
}
