/// Bytes as lower-case hexadecimal text.
public enum Hexadecimal {
  /// Appends two digits for each byte.
  public static func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
    for index in bytes.indices {
      output.append(digit(bytes[index] >> 4))
      output.append(digit(bytes[index] & 15))
    }
  }

  /// Two digits for each byte.
  public static func text(_ bytes: Span<UInt8>) -> String {
    var output: [UInt8] = []
    append(bytes, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
