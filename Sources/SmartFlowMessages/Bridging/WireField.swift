/// Where a field stands in bytes that a ``WireCheck`` has passed.
struct WireField: Sendable {
  let number: Int
  /// All of it, its tag included.
  let range: Range<Int>
  /// What stands behind the tag and, of a message or text, its length.
  let content: Range<Int>

  /// Reads the field that begins at `start`.
  init(at start: Int, of bytes: Span<UInt8>) {
    // INVARIANT: the check has seen that the field is whole, and that its numbers fit.
    var at = start
    let tag = Self.varint(&at, of: bytes)
    number = Int(tag >> 3)
    let first: Int
    switch tag & 7 {
    case 0:
      first = at
      _ = Self.varint(&at, of: bytes)
    case 1:
      first = at
      at += 8
    case 2:
      let count = Int(Self.varint(&at, of: bytes))
      first = at
      at += count
    default:
      first = at
      at += 4
    }
    content = first..<at
    range = start..<at
  }

  private static func varint(_ at: inout Int, of bytes: Span<UInt8>) -> UInt64 {
    var value = 0 as UInt64
    var shift = 0 as UInt64
    while true {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}
