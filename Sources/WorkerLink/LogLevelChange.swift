/// A change of the log's level, in one word.
public struct LogLevelChange: Equatable, Sendable {
  /// The level from now on.
  public var level: LogLevel
  /// For how long, in milliseconds; 0 for good.
  public var milliseconds: UInt64

  /// The longest that a level may hold for a while, in milliseconds.
  ///
  /// A week: what is wanted for longer is wanted for good.
  public static let longestMilliseconds: UInt64 = 7 * 24 * 3_600_000

  /// Makes a change; a longer time is the longest.
  public init(_ level: LogLevel, milliseconds: UInt64 = 0) {
    self.level = level
    self.milliseconds = min(milliseconds, Self.longestMilliseconds)
  }

  /// The level in the lowest byte, the time above it.
  var word: UInt64 { milliseconds << 8 | level.rawValue }

  /// Reads a word, or gives `nil` when it is none of ours.
  init?(word: UInt64) {
    guard let level = LogLevel(rawValue: word & 0xFF), word >> 8 <= Self.longestMilliseconds else {
      return nil
    }
    self.init(level, milliseconds: word >> 8)
  }
}
