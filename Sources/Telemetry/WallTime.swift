/// An instant of the wall clock, in microseconds since 1970 without leap seconds.
public struct WallTime: Equatable, Sendable {
  /// Since 1970-01-01T00:00:00Z; may be negative.
  public let microseconds: Int64

  /// An instant; one outside of the years 1 to 9999, which RFC 3339 can't write, is the nearest inside.
  public init(microseconds: Int64) {
    self.microseconds = min(max(microseconds, Self.first), Self.last)
  }

  private static let first: Int64 = -62_135_596_800_000_000
  private static let last: Int64 = 253_402_300_799_999_999

  /// Unix seconds, as the expression language's `now()` gives them.
  public var seconds: Double { Double(microseconds) / 1_000_000 }

  /// Unix milliseconds; zero before 1970.
  public var milliseconds: UInt64 { UInt64(max(0, microseconds / 1000)) }

  /// Appends the instant as RFC 3339 text in UTC with microseconds.
  ///
  /// - Source: the days-to-date algorithm is Howard Hinnant's `civil_from_days`.
  public func appendRFC3339(to output: inout [UInt8]) {
    let seconds = Self.floorDivide(microseconds, 1_000_000)
    let days = Self.floorDivide(seconds, 86_400)
    let ofDay = seconds - days * 86_400
    let shifted = days + 719_468
    let era = Self.floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    output.append(addingCapacity: 27) { text in
      Self.append(year / 100, to: &text)
      Self.append(year % 100, to: &text)
      text.append(UInt8(ascii: "-"))
      Self.append(month, to: &text)
      text.append(UInt8(ascii: "-"))
      Self.append(day, to: &text)
      text.append(UInt8(ascii: "T"))
      Self.append(ofDay / 3600, to: &text)
      text.append(UInt8(ascii: ":"))
      Self.append(ofDay / 60 % 60, to: &text)
      text.append(UInt8(ascii: ":"))
      Self.append(ofDay % 60, to: &text)
      text.append(UInt8(ascii: "."))
      let fraction = microseconds - seconds * 1_000_000
      Self.append(fraction / 10_000, to: &text)
      Self.append(fraction / 100 % 100, to: &text)
      Self.append(fraction % 100, to: &text)
      text.append(UInt8(ascii: "Z"))
    }
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  /// Two digits.
  private static func append(_ value: Int64, to text: inout OutputSpan<UInt8>) {
    text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10))
    text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
  }
}
