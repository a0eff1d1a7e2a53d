/// The usual text form of a UUID: 36 characters, five groups of lower-case hexadecimal digits.
///
/// - Source: RFC 9562, section 4.
public enum UUIDText {
  /// Characters of the text.
  public static let byteCount = 36

  /// Appends the text of a UUID's sixteen bytes.
  public static func append(_ bytes: [16 of UInt8], to output: inout [UInt8]) {
    // Safe: bytes of any content are bytes.
    unsafe Wire.append(text(bytes).span.bytes, to: &output)
  }

  /// Puts the text of a UUID's sixteen bytes over what stands at a place.
  static func put(_ bytes: [16 of UInt8], at start: Int, in output: inout [UInt8]) {
    let text = text(bytes)
    var span = output.mutableSpan
    for index in 0..<byteCount { span[start + index] = text[index] }
  }

  private static func text(_ bytes: [16 of UInt8]) -> [36 of UInt8] {
    var text = [36 of UInt8](repeating: UInt8(ascii: "-"))
    var place = 0
    for index in stride(from: 0, to: 16, by: 2) {
      let digits = digits(UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1]))
      text[place] = UInt8(truncatingIfNeeded: digits >> 24)
      text[place + 1] = UInt8(truncatingIfNeeded: digits >> 16)
      text[place + 2] = UInt8(truncatingIfNeeded: digits >> 8)
      text[place + 3] = UInt8(truncatingIfNeeded: digits)
      // A hyphen stands behind the second, third, fourth and fifth pair.
      place += index >= 2 && index <= 8 ? 5 : 4
    }
    return text
  }

  /// Four digits for sixteen bits, all at once: each in a byte, the most significant first.
  private static func digits(_ bits: UInt32) -> UInt32 {
    let pairs = (bits | bits << 8) & 0x00FF_00FF
    let nibbles = (pairs | pairs << 4) & 0x0F0F_0F0F
    // A nibble above nine overflows into the bit of sixteen; letters stand 39 behind where digits would go on.
    let letters = (nibbles &+ 0x0606_0606) >> 4 & 0x0101_0101
    return nibbles &+ 0x3030_3030 &+ letters &* 39
  }
}
