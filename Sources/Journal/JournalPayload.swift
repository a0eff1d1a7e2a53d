/// What the record of one execution holds: members of JSON, as they go into the audit.
///
/// Version (1), flags (1: for the audit), two zero bytes, the members' length (u32, little-endian), and the members. A
/// flag or version that this release does not know makes a payload that it does not take in.
public struct JournalPayload: Equatable, Sendable {
  /// Whether the members go into the audit.
  public let isAudited: Bool
  /// JSON members without their braces.
  public let members: ArraySlice<UInt8>

  private static let headBytes = 8
  private static let version: UInt8 = 1
  private static let auditedFlag: UInt8 = 1

  /// Appends a payload, of which `members` appends the members in place.
  public static func append(
    isAudited: Bool, to bytes: inout [UInt8], members: (inout [UInt8]) -> Void
  ) {
    let start = bytes.count
    bytes.append(contentsOf: [version, isAudited ? auditedFlag : 0, 0, 0, 0, 0, 0, 0])
    members(&bytes)
    LittleEndian.set(
      UInt32(truncatingIfNeeded: bytes.count - start - headBytes), at: start + 4, in: &bytes)
  }

  /// Reads a record's payload, or gives `nil` when it is anything else.
  public init?(parsing payload: ArraySlice<UInt8>) {
    guard payload.count >= Self.headBytes else { return nil }
    let head = Array(payload.prefix(Self.headBytes))
    let length = Int(LittleEndian.load(UInt32.self, at: 4, of: head))
    guard head[0] == Self.version, head[1] & ~Self.auditedFlag == 0, head[2] == 0, head[3] == 0,
      length == payload.count - Self.headBytes
    else { return nil }
    isAudited = head[1] & Self.auditedFlag != 0
    members = payload.dropFirst(Self.headBytes)
  }
}
