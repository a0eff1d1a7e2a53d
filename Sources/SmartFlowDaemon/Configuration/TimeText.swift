/// A length of time as people write it: `150ms`, `5s`, `2m`.
struct TimeText: Equatable, Sendable, CustomStringConvertible {
  let nanoseconds: UInt64

  /// A day is longer than anything here may take, and keeps sums of times far from overflow.
  static let longest = TimeText(milliseconds: 86_400_000)

  init(milliseconds: UInt64) { nanoseconds = milliseconds * 1_000_000 }

  init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  private static let units: [(suffix: String, nanoseconds: UInt64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
  ]

  init?(argument: String) {
    for unit in Self.units where argument.hasSuffix(unit.suffix) {
      let digits = argument.dropLast(unit.suffix.utf8.count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
        let count = UInt64(digits)
      else { continue }
      let (product, isOver) = count.multipliedReportingOverflow(by: unit.nanoseconds)
      guard !isOver, product <= Self.longest.nanoseconds else { return nil }
      nanoseconds = product
      return
    }
    return nil
  }

  /// In the largest unit up to seconds that it is whole in.
  var description: String {
    let unit = Self.units.dropLast().last {
      nanoseconds > 0 && nanoseconds.isMultiple(of: $0.nanoseconds)
    }
    return unit.map { "\(nanoseconds / $0.nanoseconds)\($0.suffix)" } ?? "0s"
  }
}
