internal import NumberText

/// Bytes as lower-case hexadecimal text.
public enum Hexadecimal {
  /// Appends two digits for each byte.
  public static func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
    let start = output.count
    output.append(addingCapacity: 2 * bytes.count) { text in
      text.append(repeating: 0, count: 2 * bytes.count)
    }
    var span = output.mutableSpan
    // Safe: bytes of any content are bytes.
    var text = unsafe span.mutableBytes
    var index = 0
    while index + 4 <= bytes.count {
      let bits =
        UInt32(bytes[index]) << 24 | UInt32(bytes[index + 1]) << 16
        | UInt32(bytes[index + 2]) << 8 | UInt32(bytes[index + 3])
      let digits = HexadecimalDigits.eight(bits).bigEndian
      text.storeBytes(of: digits, toByteOffset: start + 2 * index, as: UInt64.self)
      index += 4
    }
    while index < bytes.count {
      // Of eight digits the last two are the byte's.
      let digits = HexadecimalDigits.eight(UInt32(bytes[index]))
      let pair = UInt16(truncatingIfNeeded: digits).bigEndian
      text.storeBytes(of: pair, toByteOffset: start + 2 * index, as: UInt16.self)
      index += 1
    }
  }

  /// Two digits for each byte.
  public static func text(_ bytes: Span<UInt8>) -> String {
    var output: [UInt8] = []
    append(bytes, to: &output)
    return String(decoding: output, as: UTF8.self)
  }
}
