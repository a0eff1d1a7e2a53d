/// What of a decision's context its record holds.
public enum AuditContext: Int, CaseIterable, Sendable {
  /// Nothing.
  case off = 0
  /// The SHA-256 of its canonical form.
  case digest = 1
  /// The digest, and the context itself where it is not too large.
  case full = 2

  /// As the command line writes it.
  public var name: String { "\(self)" }
}
