internal import UnixSocket

/// Counters for metrics: what each word stands for is the business of those who count and of those who show it.
extension WorkerPage {
  /// Behind the counters, and behind the mark, on a cache line of its own.
  static let metricsWord = 128

  /// One of the words that the worker alone writes.
  public func metric(_ index: Int) -> UInt64 {
    precondition(index < StatusBoard.metricsWords, "no such metric")
    return words[Self.metricsWord + index]
  }

  /// Writes a word as it is now.
  public func setMetric(_ index: Int, _ value: UInt64) {
    precondition(index < StatusBoard.metricsWords, "no such metric")
    words[Self.metricsWord + index] = value
  }

  /// Counts something.
  ///
  /// A load and a store, each of a whole word: there is one writer, so nobody has to be kept out.
  public func countMetric(_ index: Int, by amount: UInt64 = 1) {
    setMetric(index, metric(index) &+ amount)
  }
}

/// The sum of all workers' counters, as the keeper added them up when it was last asked to.
extension StatusBoard {
  /// Words of a worker's metrics, and of their sum.
  ///
  /// A third more than there are today; fifteen kilobytes a worker.
  public static let metricsWords = 1920

  /// One word of the sum; the keeper writes it.
  public func metricsSum(_ index: Int) -> UInt64 {
    precondition(index < Self.metricsWords, "no such metric")
    return words[Self.metricsWord + index]
  }

  /// Writes one word of the sum.
  public func setMetricsSum(_ index: Int, _ value: UInt64) {
    precondition(index < Self.metricsWords, "no such metric")
    words[Self.metricsWord + index] = value
  }
}
