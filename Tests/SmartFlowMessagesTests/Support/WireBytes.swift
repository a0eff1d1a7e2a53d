/// Protobuf's wire format, written by hand and without the sources under test, to say what no
/// encoder would.
enum WireBytes {
  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(content.count)) + content
  }

  static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  static func field(_ number: UInt64, varint value: UInt64) -> [UInt8] {
    varint(number << 3) + varint(value)
  }

  static func field(_ number: UInt64, double value: Double) -> [UInt8] {
    varint(number << 3 | 1)
      + withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
  }

  /// A message inside a message, `levels` times, each written as the field with `numbers`,
  /// outermost first.
  ///
  /// Lengths are made from the inside out into one reversed array, so that 100,000 levels take no
  /// time.
  static func nested(_ levels: Int, _ numbers: [UInt64], around core: [UInt8] = []) -> [UInt8] {
    var reversed = Array(core.reversed())
    for _ in 0..<levels {
      for number in numbers.reversed() {
        reversed += varint(UInt64(reversed.count)).reversed()
        reversed += varint(number << 3 | 2).reversed()
      }
    }
    return reversed.reversed()
  }

  /// One entry of a `Struct`.
  static func entry(_ key: String, _ value: [UInt8]) -> [UInt8] {
    field(1, field(1, key) + field(2, value))
  }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
