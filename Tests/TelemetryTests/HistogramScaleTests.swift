import TestSupport
import Testing

@testable import Telemetry

@Suite struct `A histogram's scale` {
  static let all = [HistogramScale.duration, HistogramScale.fuel]

  @Test(arguments: all)
  func `puts every value into the first bucket that holds it`(scale: HistogramScale) {
    #expect(scale.bounds == scale.bounds.sorted())
    #expect(Set(scale.bounds).count == scale.bounds.count)
    var generator = SeededGenerator(seed: 2)
    let edges = scale.bounds.flatMap { [$0 - 1, $0, $0 + 1] } + [0, .max]
    let others = (0..<1000).map { _ in
      UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 0..<64)
    }
    for value in edges + others {
      let expected = scale.bounds.firstIndex { value <= $0 } ?? scale.bounds.count
      #expect(scale.bucket(of: value) == expected, "\(value)")
    }
  }

  @Test func `of times reaches from a microsecond to five seconds`() {
    #expect(HistogramScale.duration.bounds.first == 1_000)
    #expect(HistogramScale.duration.bounds.last == 5_000_000_000)
  }
}
