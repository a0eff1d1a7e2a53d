/// What keeper and worker tell each other: one packet of sixteen bytes, eight more where a level of the log goes along, and 32 where
/// a digest does.
public enum ControlMessage: Equatable, Sendable {
  /// From the worker: what became of one layer of its confinement; all of them before it is ready.
  case layer(LayerReport)
  /// From the worker: it accepts connections.
  case ready
  /// From the keeper: finish what is in flight within the grace, then leave.
  case drain(graceMilliseconds: UInt64)
  /// From the keeper: another worker takes over; pass connections on, and leave within the grace.
  case handOver(graceMilliseconds: UInt64)
  /// From the worker: an administrator wants a tree out of quarantine; answered by ``lifted(request:wasThere:)``.
  case liftQuarantine(request: UInt64, Digest)
  /// From the keeper: that is done, and whether there was such a tree in quarantine.
  case lifted(request: UInt64, wasThere: Bool)
  /// From the worker: it begins to work while the keeper naps.
  case awake
  /// From the worker: it has laid so many bytes on its desk, a question to the store of published trees.
  case askStore(request: UInt32, byteCount: UInt32)
  /// From the keeper: the answer lies there now; no bytes when there is no store for this worker.
  case storeAnswered(request: UInt32, byteCount: UInt32)
  /// From the worker: add all workers' metrics up on the board; answered by ``done(request:isDone:)``.
  case addMetricsUp(request: UInt64)
  /// From the worker: an administrator wants the daemon to drain; answered before it does.
  case wantDrain(request: UInt64)
  /// From the worker: an administrator wants another level of the log; answered when the board has it.
  case setLogLevel(request: UInt64, LogLevelChange)
  /// From the keeper: whether it has done what it was asked for.
  case done(request: UInt64, isDone: Bool)

  /// Bytes of a message without a digest.
  public static let byteCount = 16
  /// Bytes of the longest message.
  public static let longestByteCount = byteCount + Digest.byteCount
  /// The first bytes of every message, so that a foreign packet is not taken for one.
  private static let magic: UInt32 = 0x5346_4C4B

  /// The packet.
  public var bytes: [UInt8] {
    // The numbers of any two differ in two bits at least.
    let (kind, value): (UInt32, UInt64) =
      switch self {
      case .ready: (1, 0)
      case .drain(let graceMilliseconds): (2, graceMilliseconds)
      case .layer(let report): (8, report.word)
      case .handOver(let graceMilliseconds): (15, graceMilliseconds)
      case .liftQuarantine(let request, _): (20, request)
      case .lifted(let request, true): (23, request)
      case .lifted(let request, false): (27, request)
      case .awake: (30, 0)
      case .askStore(let request, let byteCount): (42, Self.pair(request, byteCount))
      case .storeAnswered(let request, let byteCount): (44, Self.pair(request, byteCount))
      case .addMetricsUp(let request): (96, request)
      case .wantDrain(let request): (99, request)
      case .setLogLevel(let request, _): (101, request)
      case .done(let request, true): (102, request)
      case .done(let request, false): (105, request)
      }
    let head =
      Self.bytes(of: UInt64(Self.magic)).prefix(4) + Self.bytes(of: UInt64(kind)).prefix(4)
      + Self.bytes(of: value)
    switch self {
    case .liftQuarantine(_, let digest): return head + digest.bytes
    case .setLogLevel(_, let change): return head + Self.bytes(of: change.word)
    default: return Array(head)
    }
  }

  /// Reads a packet, or gives `nil` when it is anything else.
  public init?(parsing bytes: ArraySlice<UInt8>) {
    guard bytes.count >= Self.byteCount, Self.word(bytes.prefix(4)) == UInt64(Self.magic) else {
      return nil
    }
    let value = Self.word(bytes.dropFirst(8).prefix(8))
    let rest = bytes.dropFirst(Self.byteCount)
    switch (Self.word(bytes.dropFirst(4).prefix(4)), rest.count) {
    case (1, 0) where value == 0: self = .ready
    case (2, 0): self = .drain(graceMilliseconds: value)
    case (8, 0):
      guard let report = LayerReport(word: value) else { return nil }
      self = .layer(report)
    case (15, 0): self = .handOver(graceMilliseconds: value)
    case (20, _):
      guard let digest = Digest(parsing: rest) else { return nil }
      self = .liftQuarantine(request: value, digest)
    case (23, 0): self = .lifted(request: value, wasThere: true)
    case (27, 0): self = .lifted(request: value, wasThere: false)
    case (30, 0) where value == 0: self = .awake
    case (42, 0):
      self = .askStore(request: Self.high(value), byteCount: UInt32(truncatingIfNeeded: value))
    case (44, 0):
      self = .storeAnswered(
        request: Self.high(value), byteCount: UInt32(truncatingIfNeeded: value))
    case (96, 0): self = .addMetricsUp(request: value)
    case (99, 0): self = .wantDrain(request: value)
    case (101, 8):
      guard let change = LogLevelChange(word: Self.word(rest)) else { return nil }
      self = .setLogLevel(request: value, change)
    case (102, 0): self = .done(request: value, isDone: true)
    case (105, 0): self = .done(request: value, isDone: false)
    default: return nil
    }
  }

  private static func pair(_ high: UInt32, _ low: UInt32) -> UInt64 {
    UInt64(high) << 32 | UInt64(low)
  }

  private static func high(_ pair: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: pair >> 32) }

  private static func bytes(of value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
