internal import SmartFlowMessages

/// A time-ordered identifier of an execution or an action.
///
/// - Source: RFC 9562, section 5.7.
struct UUIDv7: Equatable, Sendable {
  /// The sixteen bytes, most significant first.
  let bytes: [16 of UInt8]

  /// The identifier of nothing.
  static let zero = UUIDv7(bytes: [16 of UInt8](repeating: 0))

  private init(bytes: [16 of UInt8]) { self.bytes = bytes }

  /// Makes an identifier of an instant and 80 random bits, of which 74 are used.
  init(milliseconds: UInt64, random: [10 of UInt8]) {
    var bytes = [16 of UInt8](repeating: 0)
    for index in 0..<6 {
      bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64(index)))
    }
    for index in 0..<10 { bytes[6 + index] = random[index] }
    bytes[6] = bytes[6] & 0x0f | 0x70
    bytes[8] = bytes[8] & 0x3f | 0x80
    self.bytes = bytes
  }

  /// A number from 0 to 999,999 that says nothing but by chance, of the random bits.
  var sample: UInt32 {
    (12..<16).reduce(0) { $0 << 8 | UInt32(bytes[$1]) } % 1_000_000
  }

  /// Appends the 36 characters of the usual text form.
  func append(to output: inout [UInt8]) { UUIDText.append(bytes, to: &output) }

  /// The usual text form.
  var text: String {
    var output: [UInt8] = []
    output.reserveCapacity(36)
    append(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  static func == (left: Self, right: Self) -> Bool {
    for index in 0..<16 where left.bytes[index] != right.bytes[index] { return false }
    return true
  }
}
