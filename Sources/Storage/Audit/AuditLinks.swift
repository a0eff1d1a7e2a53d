/// Whether a record's line fits the lines beside it; that the whole chain holds is ``AuditVerifier``'s to say.
public struct AuditLinks: Equatable, Sendable {
  /// Whether it has the hash of the line before it.
  public let followsTheOneBefore: Bool
  /// Whether the line behind it has its hash; `nil` where none is there yet.
  public let isKnownToTheNext: Bool?

  /// Whether nothing speaks against it.
  public var hold: Bool { followsTheOneBefore && isKnownToTheNext != false }
}
