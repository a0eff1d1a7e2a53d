/// An amount of memory as people write it: `512MiB`, `1GiB`.
struct SizeText: Equatable, Sendable, CustomStringConvertible {
  let byteCount: Int

  private static let units: [(suffix: String, shift: Int)] = [
    ("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40),
  ]

  init(byteCount: Int) { self.byteCount = byteCount }

  init?(argument: String) {
    for unit in Self.units where argument.hasSuffix(unit.suffix) {
      let digits = argument.dropLast(unit.suffix.utf8.count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
        let count = Int(digits)
      else { return nil }
      let (product, isOver) = count.multipliedReportingOverflow(by: 1 << unit.shift)
      // More than any processor addresses.
      guard !isOver, product <= 1 << 56 else { return nil }
      byteCount = product
      return
    }
    return nil
  }

  var description: String {
    let unit = Self.units.last { byteCount.isMultiple(of: 1 << $0.shift) && byteCount > 0 }
    return unit.map { "\(byteCount >> $0.shift)\($0.suffix)" } ?? "\(byteCount) bytes"
  }
}
