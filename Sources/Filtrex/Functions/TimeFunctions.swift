/// Functions of time; the language reads no clock, the instant is the executor's.
enum TimeFunctions {
  @Sendable static func now(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell { Cell(output.now) }

  @Sendable static func time(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell { Cell(try seconds(arguments[0], memory, &output)) }

  @Sendable static func daysSince(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    Cell((output.now - (try seconds(arguments[0], memory, &output))) / 86_400)
  }

  @Sendable static func hoursSince(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    Cell((output.now - (try seconds(arguments[0], memory, &output))) / 3_600)
  }

  @Sendable static func minutesSince(
    _ arguments: Span<Cell>, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Cell {
    Cell((output.now - (try seconds(arguments[0], memory, &output))) / 60)
  }

  private static func seconds(
    _ cell: Cell, _ memory: borrowing Memory, _ output: inout FunctionOutput
  ) throws(Fault) -> Double {
    if cell.kind == .number { return cell.number }
    output.fuel += FuelCost.bytes(cell.count)
    guard let seconds = RFC3339.seconds(memory.text(cell)) else {
      throw .unexpectedType(
        operand: 0, expected: "RFC 3339 time, such as \"2026-11-24T10:00:00Z\"", received: .text)
    }
    return seconds
  }
}

/// Times of the Internet.
///
/// - Source: RFC 3339, section 5.6.
enum RFC3339 {
  /// Unix seconds of `text`, or `nil` where it is no such time.
  ///
  /// A leap second counts as the first second of the next minute, as in POSIX time.
  static func seconds(_ text: Span<UInt8>) -> Double? {
    guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
      text[16] == UInt8(ascii: ":"),
      let year = digits(text, 0..<4), let month = digits(text, 5..<7), 1...12 ~= month,
      let day = digits(text, 8..<10), day >= 1, day <= days(in: month, of: year),
      let hour = digits(text, 11..<13), hour <= 23, let minute = digits(text, 14..<16),
      minute <= 59, let second = digits(text, 17..<19), second <= 60
    else { return nil }
    var position = 19
    var fraction = 0.0
    if text[position] == UInt8(ascii: ".") {
      // Digits beyond the fifteenth are less than a double can tell from the seconds.
      var numerator = 0.0
      var denominator = 1.0
      let first = position + 1
      position = first
      while position < text.count, let digit = digits(text, position..<position + 1) {
        if position - first < 15 {
          numerator = numerator * 10 + Double(digit)
          denominator *= 10
        }
        position += 1
      }
      fraction = numerator / denominator
      guard position > first else { return nil }
    }
    guard let offset = offset(text, from: position) else { return nil }
    let whole =
      days(since1970To: year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return Double(whole) + fraction
  }

  /// Seconds east of UTC: `Z`, or hours and minutes.
  private static func offset(_ text: Span<UInt8>, from position: Int) -> Int? {
    guard position < text.count else { return nil }
    if text[position] | 0x20 == UInt8(ascii: "z") { return position + 1 == text.count ? 0 : nil }
    let isEast = text[position] == UInt8(ascii: "+")
    guard isEast || text[position] == UInt8(ascii: "-"), text.count == position + 6,
      text[position + 3] == UInt8(ascii: ":"),
      let hours = digits(text, position + 1..<position + 3), hours <= 23,
      let minutes = digits(text, position + 4..<position + 6), minutes <= 59
    else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    return isEast ? seconds : -seconds
  }

  private static func digits(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
      guard text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
    }
    return value
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2:
      year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1 January 1970, counted in years that begin in March, so that a leap day is the last.
  private static func days(since1970To year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    // Years begin at zero, and 400 more keep the calendar and the division above zero.
    let years = shifted + 400
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear - 719_468 - 146_097
  }
}
