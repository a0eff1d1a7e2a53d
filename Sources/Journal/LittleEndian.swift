/// Numbers in bytes, the least significant first.
enum LittleEndian {
  static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  /// Writes over the four bytes that begin at `index`.
  static func set(_ number: UInt32, at index: Int, in bytes: inout [UInt8]) {
    for place in 0..<4 {
      bytes[index + place] = UInt8(truncatingIfNeeded: number >> UInt32(8 * place))
    }
  }

  static func load<Number: FixedWidthInteger>(
    _ type: Number.Type, at index: Int, of bytes: [UInt8]
  ) -> Number {
    load(type, at: index, of: bytes.span)
  }

  static func load<Number: FixedWidthInteger>(
    _ type: Number.Type, at index: Int, of bytes: Span<UInt8>
  ) -> Number {
    var number: Number = 0
    for place in 0..<(Number.bitWidth / 8) {
      number |= Number(truncatingIfNeeded: bytes[index + place]) << Number(8 * place)
    }
    return number
  }
}
