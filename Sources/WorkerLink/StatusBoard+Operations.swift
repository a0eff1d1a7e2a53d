internal import UnixSocket

/// What an operator can change while the daemon runs, and what has been so since it began; the keeper writes it.
extension StatusBoard {
  static let operationsWords = 8
  private static let levelWord = supervisionWord + supervisionWords
  private static let usualLevelWord = levelWord + 1
  private static let levelEndsWord = levelWord + 2
  private static let metricsSinceWord = levelWord + 3
  private static let graceWord = levelWord + 4

  /// The least level that is written.
  public var logLevel: LogLevel {
    get { LogLevel(rawValue: words[Self.levelWord]) ?? .info }
    nonmutating set { words[Self.levelWord] = newValue.rawValue }
  }

  /// The level that comes back when ``logLevelEnds`` has come.
  public var usualLogLevel: LogLevel {
    get { LogLevel(rawValue: words[Self.usualLevelWord]) ?? .info }
    nonmutating set { words[Self.usualLevelWord] = newValue.rawValue }
  }

  /// Until when ``logLevel`` holds, on the monotonic clock in nanoseconds; 0 where it holds on.
  public var logLevelEnds: UInt64 {
    get { words[Self.levelEndsWord] }
    nonmutating set { words[Self.levelEndsWord] = newValue }
  }

  /// When the sum of metrics began at zero, in microseconds since 1970.
  public var metricsSinceMicroseconds: UInt64 {
    get { words[Self.metricsSinceWord] }
    nonmutating set { words[Self.metricsSinceWord] = newValue }
  }

  /// How long a drain may take before the rest is ended, in milliseconds.
  public var shutdownGraceMilliseconds: UInt64 {
    get { words[Self.graceWord] }
    nonmutating set { words[Self.graceWord] = newValue }
  }
}
