public import WorkerLink

/// Something about journals or the audit that the log is to tell.
public struct JournalNotice: Equatable, Sendable {
  /// The line's event.
  public var event: String
  /// How much it matters.
  public var level: LogLevel
  /// What the line says besides.
  public var facts: [String: String]

  /// Something that happened.
  public init(_ event: String, _ level: LogLevel, _ facts: [String: String]) {
    self.event = event
    self.level = level
    self.facts = facts
  }
}
