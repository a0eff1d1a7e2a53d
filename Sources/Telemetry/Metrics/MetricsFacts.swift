/// What metrics say of the daemon beside its counters.
public struct MetricsFacts: Sendable {
  /// The release.
  public var version = ""
  /// When the keeper started, in microseconds since 1970.
  public var startMicroseconds: UInt64 = 0
  /// When counting began, in microseconds since 1970.
  public var sinceMicroseconds: UInt64 = 0
  /// How many places of workers are in each state.
  public var workers: [(state: String, count: UInt64)] = []
  /// The reasons for a worker's end, in the order of their numbers, from 1.
  public var deathReasons: [String] = []
  /// Trees in quarantine.
  public var quarantinedTrees: UInt64 = 0
  /// Version of the published trees; 0 while there are none.
  public var snapshotVersion: UInt64 = 0
  /// Published trees of which a version is active.
  public var activeTrees: UInt64 = 0

  /// Says nothing yet.
  public init() {}

}
