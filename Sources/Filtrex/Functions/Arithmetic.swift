internal import RealModule

/// Numbers as JavaScript calculates with them.
enum Arithmetic {
  /// The remainder with the sign of the divisor.
  ///
  /// - Source: filtrex, `mod`: twice the remainder of the division, the divisor added between.
  @inline(__always)
  static func modulo(_ left: Double, _ right: Double) -> Double {
    (left.truncatingRemainder(dividingBy: right) + right).truncatingRemainder(dividingBy: right)
  }

  /// A power, as ECMA-262 `Number::exponentiate` has it.
  ///
  /// C's `pow` differs for a base of one: there `1 ^ NaN` is 1. RealModule's has no negative bases.
  static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent.isNaN { return .nan }
    if exponent == 0 { return 1 }
    if base.isNaN { return .nan }
    if exponent.isInfinite {
      let magnitude = base.magnitude
      if magnitude == 1 { return .nan }
      return (magnitude > 1) == (exponent > 0) ? .infinity : 0
    }
    let isWhole = exponent == exponent.rounded(.towardZero)
    let isOdd = isWhole && exponent.truncatingRemainder(dividingBy: 2) != 0
    if base.isInfinite || base == 0 {
      let magnitude: Double = base.isInfinite == (exponent > 0) ? .infinity : 0
      return base.sign == .minus && isOdd ? -magnitude : magnitude
    }
    if base > 0 { return Double.pow(base, exponent) }
    guard isWhole else { return .nan }
    let magnitude = Double.pow(-base, exponent)
    return isOdd ? -magnitude : magnitude
  }

  /// The nearest whole number, halves upwards.
  ///
  /// Not the floor of the number and a half: that sum rounds 0.49999999999999994 up to one.
  ///
  /// - Source: ECMA-262 `Math.round`.
  @Sendable static func round(_ value: Double) -> Double {
    let floor = value.rounded(.down)
    let nearest = value - floor >= 0.5 ? floor + 1 : floor
    return nearest == 0 && value.sign == .minus ? -0.0 : nearest
  }

  @Sendable static func log(_ value: Double) -> Double { Double.log(value) }
  @Sendable static func log2(_ value: Double) -> Double { Double.log2(value) }
  @Sendable static func log10(_ value: Double) -> Double { Double.log10(value) }

  @Sendable static func maximum(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    var greatest = -Double.infinity
    for index in arguments.indices {
      let number = arguments[index].number
      if number.isNaN { greatest = .nan }
      // Zero is greater than minus zero, which `>` does not know.
      if number > greatest || number == 0 && greatest == 0 && number.sign == .plus {
        greatest = number
      }
    }
    return Cell(greatest)
  }

  @Sendable static func minimum(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    var least = Double.infinity
    for index in arguments.indices {
      let number = arguments[index].number
      if number.isNaN { least = .nan }
      if number < least || number == 0 && least == 0 && number.sign == .minus { least = number }
    }
    return Cell(least)
  }
}
