/// Scalars of texts that are known to be well-formed UTF-8.
enum UTF8Text {
  /// The value of the scalar that begins at `position`, and its bytes.
  @inline(__always)
  static func scalar(at position: Int, in text: Span<UInt8>) -> (UInt32, length: Int) {
    let first = UInt32(text[position])
    if first < 0x80 { return (first, 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    // A text that ends too early can not be; reading past its end would be worse than a wrong scalar.
    guard position + length <= text.count else { return (0xFFFD, text.count - position) }
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length { value = value << 6 | UInt32(text[position + offset] & 0x3F) }
    return (value, length)
  }

  static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}
