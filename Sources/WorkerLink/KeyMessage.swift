/// What a worker and the keeper's thread for idempotency keys tell each other, over a channel of their own.
///
/// One packet: magic and kind (u32 each), a number of the worker's (u64), the key's hash, the hash of what is asked for by
/// it, a time (u64), and an answer, as far as the kind has them; numbers are little-endian.
public struct KeyMessage: Equatable, Sendable {
  /// What a message says.
  public enum Kind: UInt32, CaseIterable, Sendable {
    /// From the worker: it has a call with this key.
    case claim = 3
    /// From the worker: it has recorded the answer; others with the key may have it.
    case recorded = 5
    /// From the worker: it has no answer; somebody else may try.
    case released = 6
    /// From the keeper: nobody else has the key, so go on.
    case granted = 9
    /// From the keeper: this was the answer.
    case replayed = 10
    /// From the keeper: something else was asked for by this key.
    case reused = 12
    /// From the keeper: it can't look now.
    case unavailable = 15
  }

  /// What it says.
  public var kind: Kind
  /// Which of the worker's calls it is about.
  public var request: UInt64
  /// The key's SHA-256.
  public var key: Digest
  /// The SHA-256 of what is asked for.
  public var asked: Digest
  /// When it was answered, in microseconds since 1970.
  public var microseconds: UInt64
  /// The answer.
  public var answer: [UInt8]

  /// The longest answer, in bytes.
  ///
  /// Some hundred actions; a packet goes through a socket whole, whose buffer holds three of these.
  public static let answerBytes = 64 << 10
  /// Bytes of the longest packet.
  public static let byteCount = headBytes + answerBytes
  private static let headBytes = 88
  private static let magic: UInt64 = 0x5346_494B

  /// A message about one of a worker's calls.
  public init(
    _ kind: Kind, request: UInt64, key: Digest, asked: Digest, microseconds: UInt64 = 0,
    answer: [UInt8] = []
  ) {
    self.kind = kind
    self.request = request
    self.key = key
    self.asked = asked
    self.microseconds = microseconds
    self.answer = answer
  }

  /// The packet.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.headBytes + answer.count)
    Self.append(Self.magic | UInt64(kind.rawValue) << 32, to: &bytes)
    Self.append(request, to: &bytes)
    bytes += key.bytes
    bytes += asked.bytes
    Self.append(microseconds, to: &bytes)
    bytes += answer
    return bytes
  }

  /// Reads a packet, or gives `nil` when it is anything else.
  public init?(parsing bytes: ArraySlice<UInt8>) {
    guard bytes.count >= Self.headBytes, bytes.count <= Self.byteCount else { return nil }
    let start = bytes.startIndex
    let head = Self.word(bytes[start..<start + 8])
    guard head & 0xFFFF_FFFF == Self.magic, let kind = Kind(rawValue: UInt32(head >> 32)),
      let key = Digest(parsing: bytes[start + 16..<start + 48]),
      let asked = Digest(parsing: bytes[start + 48..<start + 80])
    else { return nil }
    self.init(
      kind, request: Self.word(bytes[start + 8..<start + 16]), key: key, asked: asked,
      microseconds: Self.word(bytes[start + 80..<start + 88]),
      answer: Array(bytes[(start + Self.headBytes)...]))
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
