/// How much a line of the log matters.
public enum LogLevelMessage: Int32, CaseIterable, Sendable {
  /// Not said, or said in a word of a later version.
  case unspecified = 0
  /// Every step.
  case trace = 1
  /// Every request.
  case debug = 2
  /// What happens to processes and connections.
  case info = 3
  /// What an administrator has done.
  case notice = 4
  /// What went wrong for somebody.
  case warning = 5
  /// What went wrong with the daemon.
  case error = 6
  /// What the daemon does not survive.
  case critical = 7
}
