internal import NumberText

/// The usual text form of a UUID: lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12.
///
/// - Source: RFC 9562, section 4.
public enum UUIDText {
  /// Characters of the text.
  public static let byteCount = 36

  /// Appends the text of a UUID's sixteen bytes.
  public static func append(_ bytes: [16 of UInt8], to output: inout [UInt8]) {
    let start = output.count
    output.append(addingCapacity: byteCount) { $0.append(repeating: 0, count: byteCount) }
    put(bytes, at: start, in: &output)
  }

  /// Puts the text of a UUID's sixteen bytes over what stands at a place.
  static func put(_ bytes: [16 of UInt8], at start: Int, in output: inout [UInt8]) {
    var span = output.mutableSpan
    // Safe: bytes of any content are bytes.
    var text = unsafe span.mutableBytes
    let hyphen = UInt8(ascii: "-")
    let first = HexadecimalDigits.eight(number(bytes, 0))
    text.storeBytes(of: first.bigEndian, toByteOffset: start, as: UInt64.self)
    text.storeBytes(of: hyphen, toByteOffset: start + 8, as: UInt8.self)
    put(number(bytes, 4), at: start + 9, in: &text)
    text.storeBytes(of: hyphen, toByteOffset: start + 18, as: UInt8.self)
    put(number(bytes, 8), at: start + 19, in: &text)
    let last = HexadecimalDigits.eight(number(bytes, 12))
    text.storeBytes(of: last.bigEndian, toByteOffset: start + 28, as: UInt64.self)
  }

  /// Eight digits of which four stand before a hyphen, and four behind it.
  private static func put(_ bits: UInt32, at start: Int, in text: inout MutableRawSpan) {
    let digits = HexadecimalDigits.eight(bits)
    let (left, right) = (UInt32(digits >> 32), UInt32(truncatingIfNeeded: digits))
    text.storeBytes(of: left.bigEndian, toByteOffset: start, as: UInt32.self)
    text.storeBytes(of: UInt8(ascii: "-"), toByteOffset: start + 4, as: UInt8.self)
    text.storeBytes(of: right.bigEndian, toByteOffset: start + 5, as: UInt32.self)
  }

  private static func number(_ bytes: [16 of UInt8], _ start: Int) -> UInt32 {
    UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16 | UInt32(bytes[start + 2]) << 8
      | UInt32(bytes[start + 3])
  }
}
