/// Scalars of texts that are known to be well-formed UTF-8.
enum UTF8Text {
  /// The value of the scalar that begins at `position`, and its bytes.
  @inline(__always)
  static func scalar(at position: Int, in text: Span<UInt8>) -> (UInt32, length: Int) {
    let first = UInt32(text[position])
    if first < 0x80 { return (first, 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length {
      // What an ill-formed text lacks at its end counts as zeros; nothing is read past it.
      let byte = position + offset < text.count ? text[position + offset] : 0
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (min(value, ScalarSet.last), min(length, text.count - position))
  }

  static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}
