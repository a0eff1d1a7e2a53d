import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct `A number in the text formats` {
  private func decimal(_ value: UInt64, _ decimals: Int) -> String {
    var bytes: [UInt8] = []
    DecimalText.append(value, decimals: decimals, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func bound(_ value: UInt64, _ decimals: Int, point: Bool) -> String {
    var bytes: [UInt8] = []
    DecimalText.appendBound(value, decimals: decimals, needsPoint: point, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      (0, 9, "0"), (1, 9, "0.000000001"), (1_500_000_000, 9, "1.5"), (2_000_000_000, 9, "2"),
      (.max, 9, "18446744073.709551615"), (7, 0, "7"), (.max, 0, "18446744073709551615"),
      (1_795_761_899_841_975, 6, "1795761899.841975"), (100, 2, "1"),
    ] as [(UInt64, Int, String)])
  func `is exact, and no longer than it must be`(value: UInt64, decimals: Int, text: String) {
    #expect(decimal(value, decimals) == text)
  }

  @Test func `is the same number when it is read, whatever it is`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let value = UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 0..<64)
      let decimals = Int.random(in: 0...12, using: &generator)
      let text = decimal(value, decimals)
      let read = try #require(Decimal(string: text))
      #expect(
        read == Decimal(sign: .plus, exponent: -decimals, significand: Decimal(value)), "\(text)")
    }
  }

  // What Go's client library writes, and promtool prints.
  @Test(
    arguments: [
      (1_000, 9, "1e-06", "1e-06"), (2_500, 9, "2.5e-06", "2.5e-06"),
      (25_000, 9, "2.5e-05", "2.5e-05"), (100_000, 9, "0.0001", "0.0001"),
      (250_000, 9, "0.00025", "0.00025"), (500_000_000, 9, "0.5", "0.5"),
      (1_000_000_000, 9, "1", "1.0"), (2_500_000_000, 9, "2.5", "2.5"), (10, 0, "10", "10.0"),
      (300_000, 0, "300000", "300000.0"), (1_000_000, 0, "1e+06", "1e+06"),
    ] as [(UInt64, Int, String, String)])
  func `is as other libraries write it where it bounds a bucket`(
    value: UInt64, decimals: Int, prometheus: String, openMetrics: String
  ) {
    #expect(bound(value, decimals, point: false) == prometheus)
    #expect(bound(value, decimals, point: true) == openMetrics)
  }
}
