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
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 { place += 1 }
      text[place] = digit(bytes[index] >> 4)
      text[place + 1] = digit(bytes[index] & 15)
      place += 2
    }
    return text
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }
}
