/// What a worker and the keeper's thread for journals tell each other: one packet of 32 bytes, over a channel of their
/// own.
public enum JournalMessage: Equatable, Sendable {
  /// From the keeper, with a descriptor beside it: append here from now on.
  case journal(id: [UInt8])
  /// From the keeper: there is no journal now; one comes as soon as there can be.
  case noJournal
  /// From the worker: it has appended, and the journal ends there now.
  case appended(id: [UInt8], byteCount: UInt64)
  /// From the worker: a write was cut, and the journal can't be appended to any more.
  case broken(id: [UInt8])
  /// From the keeper: so much of the journal would outlast a power cut.
  case synchronized(id: [UInt8], byteCount: UInt64)
  /// From the keeper: the disk failed, and nobody knows what of the journal would outlast a power cut.
  case failed(id: [UInt8])

  /// Bytes of every message.
  public static let byteCount = 32
  /// Bytes of a journal's ID.
  public static let idBytes = 16

  private static let magic: UInt64 = 0x5346_4A4D

  /// The packet.
  public var bytes: [UInt8] {
    // The numbers of any two differ in two bits at least.
    let (kind, value, id): (UInt64, UInt64, [UInt8]) =
      switch self {
      case .journal(let id): (3, 0, id)
      case .noJournal: (5, 0, [UInt8](repeating: 0, count: Self.idBytes))
      case .appended(let id, let byteCount): (6, byteCount, id)
      case .broken(let id): (9, 0, id)
      case .synchronized(let id, let byteCount): (10, byteCount, id)
      case .failed(let id): (12, 0, id)
      }
    precondition(id.count == Self.idBytes, "a journal's ID has sixteen bytes")
    return [Self.magic | kind << 32, value].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    } + id
  }

  /// Reads a packet, or gives `nil` when it is anything else.
  public init?(parsing bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    let head = Self.word(bytes.prefix(8))
    guard head & 0xFFFF_FFFF == Self.magic else { return nil }
    let value = Self.word(bytes.dropFirst(8).prefix(8))
    let id = Array(bytes.suffix(Self.idBytes))
    switch (head >> 32, value) {
    case (3, 0): self = .journal(id: id)
    case (5, 0) where id.allSatisfy { $0 == 0 }: self = .noJournal
    case (6, _): self = .appended(id: id, byteCount: value)
    case (9, 0): self = .broken(id: id)
    case (10, _): self = .synchronized(id: id, byteCount: value)
    case (12, 0): self = .failed(id: id)
    default: return nil
    }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
