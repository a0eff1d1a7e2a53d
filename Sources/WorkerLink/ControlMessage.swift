/// What keeper and worker tell each other: one packet of sixteen bytes.
public enum ControlMessage: Equatable, Sendable {
  /// From the worker: what became of one layer of its confinement; all of them before it is ready.
  case layer(LayerReport)
  /// From the worker: it accepts connections.
  case ready
  /// From the keeper: finish what is in flight within the grace, then leave.
  case drain(graceMilliseconds: UInt64)

  /// Bytes of every message.
  public static let byteCount = 16
  /// The first bytes of every message, so that a foreign packet is not taken for one.
  private static let magic: UInt32 = 0x5346_4C4B

  /// The packet.
  public var bytes: [UInt8] {
    let (kind, value): (UInt32, UInt64) =
      switch self {
      case .ready: (1, 0)
      case .drain(let graceMilliseconds): (2, graceMilliseconds)
      case .layer(let report): (8, report.word)
      }
    return Self.bytes(of: UInt64(Self.magic)).prefix(4) + Self.bytes(of: UInt64(kind)).prefix(4)
      + Self.bytes(of: value)
  }

  /// Reads a packet, or gives `nil` when it is anything else.
  public init?(parsing bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.byteCount, Self.word(bytes.prefix(4)) == UInt64(Self.magic) else {
      return nil
    }
    let value = Self.word(bytes.suffix(8))
    switch Self.word(bytes.dropFirst(4).prefix(4)) {
    case 1 where value == 0: self = .ready
    case 2: self = .drain(graceMilliseconds: value)
    case 8:
      guard let report = LayerReport(word: value) else { return nil }
      self = .layer(report)
    default: return nil
    }
  }

  private static func bytes(of value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
