/// Makes series of words.
struct MetricsReader {
  let names: MetricNames
  let facts: MetricsFacts
  let words: [UInt64]

  init(names: MetricNames, facts: MetricsFacts, word: (Int) -> UInt64) {
    self.names = names
    self.facts = facts
    words = (0..<MetricsLayout.wordCount).map(word)
  }

  func one(_ word: Int) -> [MetricPoint] { [MetricPoint(.whole(words[word]))] }

  func oneUnlessZero(_ word: Int) -> [MetricPoint] { words[word] == 0 ? [] : one(word) }

  /// A word for each value of one label.
  func row(_ start: Int, _ labels: [String]) -> [MetricPoint] {
    labels.indices.map { MetricPoint([labels[$0]], .whole(words[start + $0])) }
  }

  func restarts() -> [MetricPoint] {
    facts.deathReasons.indices.map { index in
      MetricPoint(
        [facts.deathReasons[index]], .whole(words[MetricsLayout.restart(reason: index + 1)]))
    }
  }

  /// Every method's OK, so that a rate has its zero to rise from; other codes once they occurred.
  func requests() -> [MetricPoint] {
    (0...names.methods.count).flatMap { method in
      (0..<Int32(MetricsLayout.codes)).compactMap { code in
        let count = words[MetricsLayout.request(method: method, code: code)]
        guard count > 0 || (code == 0 && method > 0) else { return nil }
        return MetricPoint([names.method(method), Self.codeNames[Int(code)]], .whole(count))
      }
    }
  }

  /// Of the methods that were called.
  func durations() -> [MetricPoint] {
    (0...names.methods.count).compactMap { method in
      let start = MetricsLayout.duration(method: method, nanoseconds: 0).bucket
      let point = histogram(start, .duration, [names.method(method)])
      return point.isEmptyHistogram ? nil : point
    }
  }

  /// Of the types that there are all that may happen, of others what did.
  func actions() -> [MetricPoint] {
    (0...names.actionTypes.count).flatMap { type in
      MetricsLayout.actionStatuses.indices.compactMap { status in
        let count = words[MetricsLayout.action(type: type, status: Int32(status) + 1)]
        guard count > 0 || (type > 0 && status == 0) else { return nil }
        return MetricPoint(
          [names.actionType(type), MetricsLayout.actionStatuses[status]], .whole(count))
      }
    }
  }

  func journalSync() -> [MetricPoint] {
    let point = histogram(MetricsLayout.journalSync, .duration)
    return point.isEmptyHistogram ? [] : [point]
  }

  func histogram(
    _ start: Int, _ scale: HistogramScale, _ labels: [String] = []
  ) -> MetricPoint {
    let end = start + scale.bucketCount
    return MetricPoint(
      labels, .histogram(scale, counts: Array(words[start..<end]), sum: words[end]))
  }

  /// - Source: `google/rpc/code.proto`.
  private static let codeNames = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]
}

extension MetricPoint {
  fileprivate var isEmptyHistogram: Bool {
    guard case .histogram(_, let counts, _) = value else { return false }
    return counts.allSatisfy { $0 == 0 }
  }
}
