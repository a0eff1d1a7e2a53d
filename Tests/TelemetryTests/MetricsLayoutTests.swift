import Testing

@testable import Telemetry

@Suite struct `The layout of counters` {
  @Test func `gives every series words of its own`() {
    var words: [Int] = [MetricsLayout.fingerprint]
    for method in 0..<MetricsLayout.methodSlots {
      for code in 0..<Int32(MetricsLayout.codes) {
        words.append(MetricsLayout.request(method: method, code: code))
      }
      words += Self.words(.duration) { MetricsLayout.duration(method: method, nanoseconds: $0) }
    }
    for status in Int32(1)...4 { words.append(MetricsLayout.execution(status: status)) }
    words += Self.words(.fuel) { MetricsLayout.fuel(units: $0) }
    for type in 0..<MetricsLayout.actionSlots {
      for status in Int32(1)...4 { words.append(MetricsLayout.action(type: type, status: status)) }
    }
    words += [MetricsLayout.accepted(isAdmin: false), MetricsLayout.accepted(isAdmin: true)]
    words += [MetricsLayout.cacheHits, MetricsLayout.cacheMisses]
    words += [MetricsLayout.workerDroppedLines, MetricsLayout.keeperDroppedLines]
    for reason in 1...MetricsLayout.reasonSlots {
      words.append(MetricsLayout.restart(reason: reason))
    }
    words.append(MetricsLayout.journalBytes)
    words += Self.words(.duration) { MetricsLayout.journalSync(nanoseconds: $0) }
    #expect(words.sorted() == Array(0..<MetricsLayout.counterWords))
    words += [
      MetricsLayout.openConnections, MetricsLayout.cacheBytes, MetricsLayout.streamsInFlight,
    ]
    #expect(words.sorted() == Array(0..<MetricsLayout.wordCount))
  }

  private static func words(
    _ scale: HistogramScale, _ place: (UInt64) -> (bucket: Int, sum: Int)
  ) -> [Int] {
    (scale.bounds + [.max]).map { place($0).bucket } + [place(0).sum]
  }

  @Test(arguments: [Int32.min, -1, 17, .max])
  func `takes a code that there is not for UNKNOWN`(code: Int32) {
    #expect(
      MetricsLayout.request(method: 3, code: code) == MetricsLayout.request(method: 3, code: 2))
  }

  @Test func `is told from another's by its fingerprint`() {
    let names = MetricNames(methods: ["a", "b"], actionTypes: ["c"])
    #expect(names.fingerprint == MetricNames(methods: ["a", "b"], actionTypes: ["c"]).fingerprint)
    for other in [
      MetricNames(methods: ["b", "a"], actionTypes: ["c"]),
      MetricNames(methods: ["ab"], actionTypes: ["c"]),
      MetricNames(methods: ["a"], actionTypes: ["b", "c"]),
      MetricNames(methods: ["a", "b"], actionTypes: []), MetricNames(methods: [], actionTypes: []),
    ] { #expect(other.fingerprint != names.fingerprint) }
  }

  @Test func `counts together what it has no room for`() {
    let names = MetricNames(
      methods: (0..<100).map { "m\($0)" }, actionTypes: (0..<100).map { "t\($0)" })
    #expect(names.methodSlot(0) == 1)
    #expect(names.methodSlot(MetricsLayout.methodSlots - 2) == MetricsLayout.methodSlots - 1)
    #expect(names.methodSlot(MetricsLayout.methodSlots - 1) == 0)
    #expect(names.actionSlot("t99") == 0)
    #expect(names.actionSlot("nobody") == 0)
    #expect(names.actionSlot("t3") == 4)
  }
}
