/// Reads lines of which every byte before the body is fixed.
///
/// The lines are JSON, but the keeper's part of them is read by its place and not by its name: whatever a worker writes
/// into a body, it can't give a line another sequence.
struct AuditScanner {
  private(set) var rest: ArraySlice<UInt8>

  init(_ line: ArraySlice<UInt8>) { rest = line }

  /// Whether nothing is left.
  var isAtEnd: Bool { rest.isEmpty }

  /// Takes exactly this text.
  mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  /// A whole number, in the one way to write it.
  mutating func number() -> UInt64? {
    let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
      return nil
    }
    var number: UInt64 = 0
    for digit in digits {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      number = sum
    }
    rest = rest.dropFirst(digits.count)
    return number
  }

  /// So many lower-case hexadecimal digits.
  mutating func hexadecimal(_ count: Int) -> [UInt8]? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(Self.isDigit) else { return nil }
    rest = rest.dropFirst(count)
    return Array(digits)
  }

  /// A hash, in its digits.
  mutating func hash() -> AuditHash? { hexadecimal(64).map(AuditHash.init(digits:)) }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
  }
}
