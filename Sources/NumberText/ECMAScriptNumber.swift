/// Numbers as JavaScript writes them.
///
/// - Source: ECMA-262, Number::toString; RFC 8785 section 3.2.2.3 wants the same.
public enum ECMAScriptNumber {
  /// Appends a number's text: shortest digits that read back as the same, exponent from 1e21 on and
  /// below 1e-6, `NaN`, `Infinity`, `-Infinity`; a negative zero is `0`.
  public static func append(_ value: Double, to output: inout [UInt8]) {
    if value.isNaN { return output.append(contentsOf: "NaN".utf8) }
    if value == 0 { return output.append(UInt8(ascii: "0")) }
    if value < 0 { output.append(UInt8(ascii: "-")) }
    if value.isInfinite { return output.append(contentsOf: "Infinity".utf8) }
    let magnitude = value.magnitude
    if magnitude < 9_007_199_254_740_992, magnitude == magnitude.rounded(.towardZero) {
      return WholeNumber.append(UInt64(magnitude), to: &output)
    }
    appendShortest(magnitude, to: &output)
  }

  /// A number's text.
  public static func text(_ value: Double) -> String {
    var output: [UInt8] = []
    append(value, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Lays the shortest digits, which Swift's own description has, out as ECMA-262 wants them.
  private static func appendShortest(_ magnitude: Double, to output: inout [UInt8]) {
    var digits = [20 of UInt8](repeating: 0)
    var digitCount = 0
    // How far right of the first digit the point stands.
    var pointAt = 0
    var sawPoint = false
    var exponent = 0
    var isExponent = false
    var isExponentNegative = false
    for byte in magnitude.description.utf8 {
      switch byte {
      case UInt8(ascii: "."): sawPoint = true
      case UInt8(ascii: "e"): isExponent = true
      case UInt8(ascii: "-"): isExponentNegative = true
      case UInt8(ascii: "+"): continue
      case _ where isExponent: exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
      default:
        if digitCount == 0 && byte == UInt8(ascii: "0") {
          if sawPoint { pointAt -= 1 }
          continue
        }
        if digitCount < 20 {
          digits[digitCount] = byte
          digitCount += 1
        }
        if !sawPoint { pointAt += 1 }
      }
    }
    while digitCount > 1 && digits[digitCount - 1] == UInt8(ascii: "0") { digitCount -= 1 }
    pointAt += isExponentNegative ? -exponent : exponent
    appendLaidOut(digits, digitCount, pointAt, to: &output)
  }

  private static func appendLaidOut(
    _ digits: [20 of UInt8], _ count: Int, _ pointAt: Int, to output: inout [UInt8]
  ) {
    if pointAt > 21 || pointAt < -5 {
      output.append(digits[0])
      if count > 1 {
        output.append(UInt8(ascii: "."))
        for index in 1..<count { output.append(digits[index]) }
      }
      output.append(UInt8(ascii: "e"))
      output.append(UInt8(ascii: pointAt > 0 ? "+" : "-"))
      return WholeNumber.append(UInt64((pointAt - 1).magnitude), to: &output)
    }
    if pointAt <= 0 {
      output.append(contentsOf: [UInt8(ascii: "0"), UInt8(ascii: ".")])
      for _ in pointAt..<0 { output.append(UInt8(ascii: "0")) }
    }
    for index in 0..<count {
      if index == pointAt && index > 0 { output.append(UInt8(ascii: ".")) }
      output.append(digits[index])
    }
    if pointAt > count {
      for _ in count..<pointAt { output.append(UInt8(ascii: "0")) }
    }
  }
}
