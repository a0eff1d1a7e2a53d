import Telemetry
import TestSupport
import Testing

@Suite struct `An instant's text` {
  private static func text(_ time: WallTime) -> String {
    var bytes: [UInt8] = []
    time.appendRFC3339(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `reads back as the same instant, to the microsecond`() {
    var generator = SeededGenerator(seed: 1)
    var instants: [Int64] = [0, -1, 1, .min, .max, 951_782_400_000_000, 1_795_773_600_123_456]
    for _ in 0..<10_000 {
      instants.append(
        Int64.random(in: -62_135_596_800_000_000...253_402_300_799_999_999, using: &generator))
    }
    for instant in instants {
      let time = WallTime(microseconds: instant)
      #expect(WallTime(parsing: Self.text(time)) == time)
    }
  }

  @Test(
    arguments: [
      "", "2026-11-27", "2026-11-27T10:00:00Z", "2026-11-27T10:00:00.000000",
      "2026-02-29T00:00:00.000000Z",
      "2026-13-01T00:00:00.000000Z", "2026-11-31T00:00:00.000000Z", "2026-11-27T24:00:00.000000Z",
      "2026-11-27T10:60:00.000000Z", "2026-11-27T10:00:60.000000Z", "2026-11-27t10:00:00.000000Z",
      "2026-11-27T10:00:00.00000xZ", "2026-11-27T10:00:00.000000Z ", "0000-01-01T00:00:00.000000Z",
    ])
  func `is read in the one form that is written, of days that there are`(text: String) {
    #expect(WallTime(parsing: text) == nil)
  }
}
