/// Which decisions go into the audit.
public enum AuditScope: Int, CaseIterable, Sendable {
  /// None.
  case off = 0
  /// Those with actions.
  case actions = 1
  /// Those without actions too, or a part of them.
  case all = 2

  /// As the command line writes it.
  public var name: String { "\(self)" }
}
