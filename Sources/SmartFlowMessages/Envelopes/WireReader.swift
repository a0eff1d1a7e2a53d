/// Reads the fields of one message in place, without types: what an envelope needs.
///
/// The envelope is not unpacked by protobuf-c, which would copy a payload of up to 4 MiB.
struct WireReader: ~Escapable {
  enum Field {
    case varint(UInt64)
    case fixed64
    case fixed32
    case bytes(Range<Int>)

    /// The number of the wire type.
    var wireType: UInt8 {
      switch self {
      case .varint: 0
      case .fixed64: 1
      case .bytes: 2
      case .fixed32: 5
      }
    }
  }

  private let bytes: Span<UInt8>
  private(set) var at: Int
  private let end: Int

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    self.bytes = bytes
    at = range.lowerBound
    end = range.upperBound
  }

  /// The next field's number and content; `nil` at the end.
  mutating func next() throws(Malformation) -> (number: UInt32, field: Field)? {
    guard at < end else { return nil }
    let tag = try varint()
    guard tag <= UInt64(UInt32.max), tag >> 3 != 0 else { throw .fieldNumber }
    let number = UInt32(tag >> 3)
    switch UInt8(tag & 7) {
    case 0: return (number, .varint(try varint()))
    case 1:
      try skip(8)
      return (number, .fixed64)
    case 2:
      let count = try varint()
      guard count <= UInt64(end - at) else { throw .truncated }
      let start = at
      at += Int(count)
      return (number, .bytes(start..<at))
    case 5:
      try skip(4)
      return (number, .fixed32)
    case let other: throw .wireType(other)
    }
  }

  private mutating func skip(_ count: Int) throws(Malformation) {
    guard count <= end - at else { throw .truncated }
    at += count
  }

  private mutating func varint() throws(Malformation) -> UInt64 {
    var value = 0 as UInt64
    for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
      guard at < end else { throw .truncated }
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        guard shift < 63 || byte <= 1 else { throw .varintOverflow }
        return value
      }
    }
    throw .varintOverflow
  }
}
