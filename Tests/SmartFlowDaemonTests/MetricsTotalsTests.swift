import Telemetry
import Testing
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `The counters of workers that are gone` {
  private static func page(_ fingerprint: UInt64, _ word: Int, _ value: UInt64) throws
    -> WorkerPage
  {
    let page = try WorkerPage()
    page.setMetric(MetricsLayout.fingerprint, fingerprint)
    page.setMetric(word, value)
    return page
  }

  @Test func `are kept, and those of the moment are not`() throws {
    var totals = MetricsTotals(sinceMicroseconds: 1)
    totals.meet(7, nowMicroseconds: 2)
    for value: UInt64 in [5, 6] {
      let page = try Self.page(7, MetricsLayout.cacheHits, value)
      page.setMetric(MetricsLayout.openConnections, 9)
      totals.fold(page)
    }
    #expect(totals.words[MetricsLayout.cacheHits] == 11)
    #expect(totals.handedOn.map(\.index) == [MetricsLayout.cacheHits])
    #expect(totals.sinceMicroseconds == 1)
  }

  @Test func `of a release that counts something else are left out`() throws {
    var totals = MetricsTotals(sinceMicroseconds: 1)
    // What the keeper has seen before its first worker was there stays.
    totals.count(MetricsLayout.restart(reason: 2))
    totals.meet(7, nowMicroseconds: 2)
    let other = try Self.page(8, MetricsLayout.cacheHits, 5)
    totals.fold(other)
    #expect(totals.words[MetricsLayout.cacheHits] == 0)
    #expect(totals.words[MetricsLayout.restart(reason: 2)] == 1)
    totals.meet(8, nowMicroseconds: 3)
    #expect(totals.handedOn.isEmpty)
    #expect(totals.sinceMicroseconds == 3)
    totals.fold(other)
    #expect(totals.words[MetricsLayout.cacheHits] == 5)
  }

  @Test func `do not end the keeper, whatever a worker writes`() throws {
    var totals = MetricsTotals(sinceMicroseconds: 1)
    totals.meet(7, nowMicroseconds: 2)
    for _ in 0..<2 { totals.fold(try Self.page(7, MetricsLayout.cacheHits, .max)) }
    #expect(totals.words[MetricsLayout.cacheHits] == UInt64.max - 1)
  }

  @Test func `have room in what a worker shares`() {
    #expect(MetricsLayout.wordCount <= StatusBoard.metricsWords)
  }
}
