import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct `The text of metrics` {
  private static let odd = MetricFamily(
    "odd", .gauge, labels: ["a", "b"], "Back\\slash, \"quote\"\nand line")
  private static let times = MetricFamily(
    "call_seconds", .histogram, unit: "seconds", labels: ["m"], "Calls")
  private static let scale = HistogramScale(bounds: [1_000, 1_000_000_000], decimals: 9)

  private static let report = MetricsReport(
    [
      .init(MetricCatalog.build, [MetricPoint(["1.2.3"], .whole(1))]),
      .init(odd, [MetricPoint(["x\\y\"z\n", "größe"], .whole(.max))]),
      .init(MetricCatalog.cacheHits, [MetricPoint(.whole(3))]),
      .init(MetricCatalog.cacheBytes, []),
      .init(
        times, [MetricPoint(["f"], .histogram(scale, counts: [1, 2, 3], sum: 7_500_000_001))]),
    ], sinceMicroseconds: 1_500_000)

  private func text(_ format: ExpositionFormat) -> String {
    String(decoding: ExpositionWriter.text(of: Self.report, as: format), as: UTF8.self)
  }

  @Test func `is Prometheus's 0.0.4`() {
    #expect(
      text(.prometheusText) == #"""
        # HELP smartflow_build_info The release that runs
        # TYPE smartflow_build_info gauge
        smartflow_build_info{version="1.2.3"} 1
        # HELP odd Back\\slash, "quote"\nand line
        # TYPE odd gauge
        odd{a="x\\y\"z\n",b="größe"} 18446744073709551615
        # HELP smartflow_tree_cache_hits_total Requests whose tree was compiled already
        # TYPE smartflow_tree_cache_hits_total counter
        smartflow_tree_cache_hits_total 3
        # HELP call_seconds Calls
        # TYPE call_seconds histogram
        call_seconds_bucket{m="f",le="1e-06"} 1
        call_seconds_bucket{m="f",le="1"} 3
        call_seconds_bucket{m="f",le="+Inf"} 6
        call_seconds_sum{m="f"} 7.500000001
        call_seconds_count{m="f"} 6

        """#)
  }

  @Test func `is OpenMetrics 1.0`() {
    #expect(
      text(.openMetrics) == #"""
        # HELP smartflow_build The release that runs
        # TYPE smartflow_build info
        smartflow_build_info{version="1.2.3"} 1
        # HELP odd Back\\slash, \"quote\"\nand line
        # TYPE odd gauge
        odd{a="x\\y\"z\n",b="größe"} 18446744073709551615
        # HELP smartflow_tree_cache_hits Requests whose tree was compiled already
        # TYPE smartflow_tree_cache_hits counter
        smartflow_tree_cache_hits_total 3
        smartflow_tree_cache_hits_created 1.5
        # HELP call_seconds Calls
        # TYPE call_seconds histogram
        # UNIT call_seconds seconds
        call_seconds_bucket{m="f",le="1e-06"} 1
        call_seconds_bucket{m="f",le="1.0"} 3
        call_seconds_bucket{m="f",le="+Inf"} 6
        call_seconds_sum{m="f"} 7.500000001
        call_seconds_count{m="f"} 6
        call_seconds_created{m="f"} 1.5
        # EOF

        """#)
  }

  @Test(arguments: ExpositionFormat.allCases)
  func `keeps any label, and stays one sample a line`(format: ExpositionFormat) throws {
    var generator = SeededGenerator(seed: 3)
    let alphabet = Array("\\\"\n{}=, #aé🎉\r\t")
    for _ in 0..<500 {
      let values = (0..<2).map { _ in
        String(
          (0..<Int.random(in: 0...8, using: &generator)).map { _ in
            alphabet.randomElement(using: &generator) ?? "a"
          })
      }
      let report = MetricsReport(
        [.init(Self.odd, [MetricPoint(values, .whole(5))])], sinceMicroseconds: 0)
      let text = String(decoding: ExpositionWriter.text(of: report, as: format), as: UTF8.self)
      let lines = text.utf8.split(separator: 0x0A).map { String(Substring($0)) }
        .filter { !$0.hasPrefix("# ") }
      #expect(lines.count == 1)
      #expect(try Self.labels(of: #require(lines.first)) == values)
    }
  }

  /// The values of a sample's labels, by the formats' own rules.
  private static func labels(of line: String) throws -> [String] {
    var values: [String] = []
    var value: [UInt8]?
    var isEscaped = false
    for byte in line.utf8 {
      guard var open = value else {
        if byte == UInt8(ascii: "\"") { value = [] }
        continue
      }
      if isEscaped {
        isEscaped = false
        open.append(byte == UInt8(ascii: "n") ? 0x0A : byte)
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        values.append(String(decoding: open, as: UTF8.self))
        value = nil
        continue
      } else {
        open.append(byte)
      }
      value = open
    }
    return values
  }
}
