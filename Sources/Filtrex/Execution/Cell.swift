/// A running value: 16 bytes, trivially copyable, no reference counting.
///
/// A number or logical is held in `bits`; a text, list or object names a range of a ``Store``: bytes of a text,
/// cells of a list, and twice as many cells of an object, name and value in turn, sorted by name.
struct Cell: BitwiseCopyable, Sendable {
  enum Kind: UInt8 {
    /// A property that the context lacks; never on the operand stack.
    case missing
    case null
    case logical
    case number
    case text
    case list
    case object
  }

  /// Where the bytes and cells of a value live.
  enum Region: UInt8 {
    case constants
    case context
    case scratch
  }

  var bits: UInt64
  var kind: Kind
  var region: Region

  init(kind: Kind, bits: UInt64 = 0, region: Region = .constants) {
    self.bits = bits
    self.kind = kind
    self.region = region
  }

  @inline(__always)
  init(_ number: Double) { self.init(kind: .number, bits: number.bitPattern) }

  @inline(__always)
  init(_ logical: Bool) { self.init(kind: .logical, bits: logical ? 1 : 0) }

  /// A text, list or object of `count` bytes, elements or members from `offset` on.
  init(_ kind: Kind, offset: Int, count: Int, in region: Region) {
    self.init(
      kind: kind, bits: UInt64(UInt32(offset)) << 32 | UInt64(UInt32(count)), region: region)
  }

  static let missing = Cell(kind: .missing)
  static let null = Cell(kind: .null)

  @inline(__always)
  var number: Double { Double(bitPattern: bits) }
  @inline(__always)
  var logical: Bool { bits != 0 }
  @inline(__always)
  var offset: Int { Int(bits >> 32) }
  @inline(__always)
  var count: Int { Int(UInt32(truncatingIfNeeded: bits)) }

  var type: ValueType {
    switch kind {
    case .missing, .null: .null
    case .logical: .logical
    case .number: .number
    case .text: .text
    case .list: .list
    case .object: .object
    }
  }

  /// The bytes of a text that lies in `bytes`.
  @inline(__always)
  @_lifetime(copy bytes)
  func text(in bytes: Span<UInt8>) -> Span<UInt8> { bytes.extracting(offset..<offset + count) }
}
