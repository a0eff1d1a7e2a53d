/// All metrics at one moment, ready to be written.
public struct MetricsReport: Equatable, Sendable {
  /// A metric and its series.
  public struct Entry: Equatable, Sendable {
    /// The metric.
    public let family: MetricFamily
    /// Its series; none of them where there is nothing to say.
    public let points: [MetricPoint]

    /// Puts the two together.
    public init(_ family: MetricFamily, _ points: [MetricPoint]) {
      self.family = family
      self.points = points
    }
  }

  /// The metrics, in the catalog's order; one that has nothing to say is left out.
  public let entries: [Entry]
  /// When counting began, in microseconds since 1970.
  public let sinceMicroseconds: UInt64

  /// Takes entries as they are.
  public init(_ entries: [Entry], sinceMicroseconds: UInt64) {
    self.entries = entries.filter { !$0.points.isEmpty }
    self.sinceMicroseconds = sinceMicroseconds
  }

  /// Reads what the keeper has added up.
  ///
  /// - Parameters:
  ///   - names: What the words' numbers stand for.
  ///   - facts: What is not counted.
  ///   - word: One of the words of ``MetricsLayout``.
  public init(_ names: MetricNames, _ facts: MetricsFacts, word: (Int) -> UInt64) {
    let reader = MetricsReader(names: names, facts: facts, word: word)
    self.init(
      [
        Entry(MetricCatalog.build, [MetricPoint([facts.version], .whole(1))]),
        Entry(
          MetricCatalog.processStart,
          [MetricPoint(.decimal(facts.startMicroseconds, decimals: 6))]),
        Entry(
          MetricCatalog.workers, facts.workers.map { MetricPoint([$0.state], .whole($0.count)) }),
        Entry(MetricCatalog.restarts, reader.restarts()),
        Entry(MetricCatalog.quarantined, [MetricPoint(.whole(facts.quarantinedTrees))]),
        Entry(MetricCatalog.openConnections, reader.one(MetricsLayout.openConnections)),
        Entry(
          MetricCatalog.acceptedConnections,
          reader.row(MetricsLayout.accepted, MetricsLayout.sockets)),
        Entry(MetricCatalog.streams, reader.one(MetricsLayout.streamsInFlight)),
        Entry(MetricCatalog.requests, reader.requests()),
        Entry(MetricCatalog.duration, reader.durations()),
        Entry(
          MetricCatalog.executions,
          reader.row(MetricsLayout.executions, MetricsLayout.executionStatuses)),
        Entry(MetricCatalog.fuel, [reader.histogram(MetricsLayout.fuel, .fuel)]),
        Entry(MetricCatalog.actions, reader.actions()),
        Entry(MetricCatalog.cacheHits, reader.one(MetricsLayout.cacheHits)),
        Entry(MetricCatalog.cacheMisses, reader.one(MetricsLayout.cacheMisses)),
        Entry(MetricCatalog.cacheBytes, reader.one(MetricsLayout.cacheBytes)),
        Entry(
          MetricCatalog.droppedLines,
          reader.row(MetricsLayout.workerDroppedLines, MetricsLayout.processes)),
        // Where there is no journal, and nothing was published, nothing is said of them.
        Entry(MetricCatalog.journalBytes, reader.oneUnlessZero(MetricsLayout.journalBytes)),
        Entry(MetricCatalog.journalSync, reader.journalSync()),
        Entry(
          MetricCatalog.snapshot,
          facts.snapshotVersion == 0 ? [] : [MetricPoint(.whole(facts.snapshotVersion))]),
        Entry(MetricCatalog.activeTrees, [MetricPoint(.whole(facts.activeTrees))]),
      ], sinceMicroseconds: facts.sinceMicroseconds)
  }
}
