/// How much a line of the log matters: swift-log's levels, by the same names.
public enum LogLevel: UInt64, CaseIterable, Comparable, Sendable {
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

  /// As logs and messages write it.
  public var name: String { Self.names[Int(rawValue) - 1] }

  /// The level of a name, or `nil`.
  public init?(name: some StringProtocol) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  /// Whether one matters less than another.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  private static let names = [
    "trace", "debug", "info", "notice", "warning", "error", "critical",
  ]
}
