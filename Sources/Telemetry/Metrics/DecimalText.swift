/// Numbers as the formats write them, made of whole numbers: nothing is rounded.
enum DecimalText {
  /// Appends `value` / 10^`decimals`, without zeros at its end.
  static func append(_ value: UInt64, decimals: Int, to output: inout [UInt8]) {
    var digits = digits(of: value, atLeast: decimals + 1)
    let fraction = digits.suffix(decimals)
    digits.removeLast(decimals)
    output.append(contentsOf: digits)
    guard let last = fraction.lastIndex(where: { $0 != zero }) else { return }
    output.append(UInt8(ascii: "."))
    output.append(contentsOf: fraction[...last])
  }

  /// Appends a bucket's bound as the client libraries write it, by which queries and other exporters know it.
  ///
  /// - Parameters:
  ///   - value: The bound.
  ///   - decimals: How many of its digits are behind the point.
  ///   - needsPoint: Whether a whole number has `.0`, as OpenMetrics wants it.
  ///   - output: Where it goes.
  /// - Source: Go's `strconv.FormatFloat(f, 'g', -1, 64)`, and OpenMetrics' "canonical numbers".
  static func appendBound(
    _ value: UInt64, decimals: Int, needsPoint: Bool, to output: inout [UInt8]
  ) {
    let digits = digits(of: value, atLeast: 1)
    let exponent = digits.count - 1 - decimals
    guard value > 0, exponent < -4 || exponent >= 6 else {
      let start = output.count
      append(value, decimals: decimals, to: &output)
      if needsPoint, !output[start...].contains(UInt8(ascii: ".")) {
        output.append(contentsOf: ".0".utf8)
      }
      return
    }
    let last = digits.lastIndex { $0 != zero } ?? 0
    output.append(digits[0])
    if last > 0 {
      output.append(UInt8(ascii: "."))
      output.append(contentsOf: digits[1...last])
    }
    output.append(UInt8(ascii: "e"))
    output.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
    output.append(contentsOf: Self.digits(of: UInt64(exponent.magnitude), atLeast: 2))
  }

  private static let zero = UInt8(ascii: "0")

  private static func digits(of value: UInt64, atLeast count: Int) -> [UInt8] {
    let digits = Array(String(value).utf8)
    return Array(repeating: zero, count: max(0, count - digits.count)) + digits
  }
}
