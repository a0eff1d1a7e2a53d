/// What the record of one execution holds: members of JSON, as they go into the audit, and the answer where its call had
/// an idempotency key.
///
/// Version (1), flags (1: for the audit, 2: with an answer), two zero bytes, the members' length (u32, little-endian), the
/// members, and the answer: hash of the key (32 bytes), hash of what was asked for (32 bytes), time (u64, microseconds
/// since 1970), and the answer's own bytes. A flag or version that this release does not know makes a payload that it does
/// not take in.
public struct JournalPayload: Equatable, Sendable {
  /// Whether the members go into the audit.
  public let isAudited: Bool
  /// JSON members without their braces.
  public let members: ArraySlice<UInt8>
  /// The answer, where its call had an idempotency key.
  public let keyed: KeyedAnswer?

  private static let headBytes = 8
  private static let version: UInt8 = 1
  private static let auditedFlag: UInt8 = 1
  private static let keyedFlag: UInt8 = 2

  /// Appends a payload.
  public static func append(
    isAudited: Bool, members: [UInt8], keyed: KeyedAnswer? = nil, to bytes: inout [UInt8]
  ) {
    let flags = (isAudited ? auditedFlag : 0) | (keyed == nil ? 0 : keyedFlag)
    bytes.append(contentsOf: [version, flags, 0, 0])
    LittleEndian.append(UInt32(truncatingIfNeeded: members.count), to: &bytes)
    bytes += members
    keyed?.append(to: &bytes)
  }

  /// Reads a record's payload, or gives `nil` when it is anything else.
  public init?(parsing payload: ArraySlice<UInt8>) {
    guard payload.count >= Self.headBytes else { return nil }
    let head = payload.span
    let length = Int(LittleEndian.load(UInt32.self, at: 4, of: head))
    let rest = payload.dropFirst(Self.headBytes)
    guard head[0] == Self.version, head[1] & ~(Self.auditedFlag | Self.keyedFlag) == 0,
      head[2] == 0, head[3] == 0, length <= rest.count
    else { return nil }
    isAudited = head[1] & Self.auditedFlag != 0
    members = rest.prefix(length)
    if head[1] & Self.keyedFlag != 0 {
      guard let answer = KeyedAnswer(parsing: rest.dropFirst(length)) else { return nil }
      keyed = answer
    } else {
      guard length == rest.count else { return nil }
      keyed = nil
    }
  }
}
