extension WallTime {
  /// Reads what ``appendRFC3339(to:)`` writes, exactly; `nil` where it is anything else.
  public init?(parsing text: String) {
    let units = Array(text.utf8)
    let form = Array("dddd-dd-ddTdd:dd:dd.ddddddZ".utf8)
    guard units.count == form.count else { return nil }
    var numbers: [Int64] = []
    var isInNumber = false
    for (unit, expected) in zip(units, form) {
      guard expected == UInt8(ascii: "d") else {
        guard unit == expected else { return nil }
        isInNumber = false
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) else { return nil }
      if !isInNumber { numbers.append(0) }
      isInNumber = true
      numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int64(unit - 48)
    }
    let seconds =
      Self.days(of: numbers[0], numbers[1], numbers[2]) * 86_400 + numbers[3] * 3600
      + numbers[4] * 60 + numbers[5]
    self.init(microseconds: seconds * 1_000_000 + numbers[6])
    // A day that there is not would be another one, written.
    var written: [UInt8] = []
    appendRFC3339(to: &written)
    guard written == units else { return nil }
  }

  /// Days from 1970-01-01 to a date.
  ///
  /// - Source: Howard Hinnant's `days_from_civil`.
  private static func days(of year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
