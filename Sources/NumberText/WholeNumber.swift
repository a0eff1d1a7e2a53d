/// Whole numbers in decimal digits.
public enum WholeNumber {
  /// Appends a number's digits, without zeros before them.
  public static func append(_ value: UInt64, to output: inout [UInt8]) {
    // As many as the greatest number has.
    var digits = [20 of UInt8](repeating: 0)
    var start = 20
    var rest = value
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    output.append(addingCapacity: 20 - start) { text in
      for index in start..<20 { text.append(digits[index]) }
    }
  }

  /// The same of a number that may be negative.
  public static func append(_ value: Int, to output: inout [UInt8]) {
    if value < 0 { output.append(UInt8(ascii: "-")) }
    append(UInt64(value.magnitude), to: &output)
  }
}
