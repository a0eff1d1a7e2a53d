/// Bits as lower-case hexadecimal digits, eight at once.
public enum HexadecimalDigits {
  /// Eight digits for 32 bits: each in a byte, the most significant first.
  @inlinable public static func eight(_ bits: UInt32) -> UInt64 {
    let halves = (UInt64(bits) | UInt64(bits) << 16) & 0x0000_FFFF_0000_FFFF
    let pairs = (halves | halves << 8) & 0x00FF_00FF_00FF_00FF
    let nibbles = (pairs | pairs << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // A nibble above nine overflows into the bit of sixteen; letters stand 39 behind where digits would go on.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }
}
