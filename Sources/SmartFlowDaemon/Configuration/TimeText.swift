internal import ArgumentParser

/// A length of time as people write it: `150ms`, `5s`, `2m`.
struct TimeText: ExpressibleByArgument, CustomStringConvertible {
  let nanoseconds: UInt64

  init(milliseconds: UInt64) { nanoseconds = milliseconds * 1_000_000 }

  init?(argument: String) {
    let units: [(suffix: String, nanoseconds: UInt64)] = [
      ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
    ]
    for unit in units where argument.hasSuffix(unit.suffix) {
      let digits = argument.dropLast(unit.suffix.utf8.count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
        let count = UInt64(digits)
      else { continue }
      let (product, isOver) = count.multipliedReportingOverflow(by: unit.nanoseconds)
      // A day is longer than anything here may take, and keeps sums of times far from overflow.
      guard !isOver, product <= 86_400_000_000_000 else { return nil }
      nanoseconds = product
      return
    }
    return nil
  }

  var description: String {
    nanoseconds.isMultiple(of: 1_000_000_000)
      ? "\(nanoseconds / 1_000_000_000)s" : "\(nanoseconds / 1_000_000)ms"
  }

  var defaultValueDescription: String { description }
}
