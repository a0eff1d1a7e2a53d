/// A set of numbers: spans between doubles, and perhaps NaN.
///
/// Every operation may give too large a set and never too small a one.
package struct NumberSet: Sendable, Equatable {
  /// Numbers from one to another, both included; a double has a next one, so that no other kind of bound is needed.
  struct Span: Sendable, Equatable {
    var least: Double
    var greatest: Double
  }

  /// Sorted, and no two touch; at most ``Limits/checkedConstants``.
  private(set) var spans: [Span]
  /// Whether its finite numbers are whole ones only.
  private(set) var isWhole: Bool
  private(set) var mayBeNaN: Bool

  private init(spans: [Span], isWhole: Bool, mayBeNaN: Bool) {
    self.spans = spans
    self.isWhole = isWhole
    self.mayBeNaN = mayBeNaN
    if isWhole { keepWhole() }
  }

  /// Every number that there is.
  static let all = NumberSet(
    spans: [Span(least: -.infinity, greatest: .infinity)], isWhole: false, mayBeNaN: true)

  /// The numbers between two bounds, both included.
  package init(from least: Double, to greatest: Double, isWhole: Bool = false, orNaN: Bool = false)
  {
    self.init(
      spans: least <= greatest ? [Span(least: least, greatest: greatest)] : [], isWhole: isWhole,
      mayBeNaN: orNaN)
  }

  /// One number.
  package init(_ number: Double) {
    self.init(
      spans: number.isNaN ? [] : [Span(least: number, greatest: number)],
      isWhole: number == number.rounded(), mayBeNaN: number.isNaN)
  }

  package var isEmpty: Bool { spans.isEmpty && !mayBeNaN }
  /// The least number, NaN left out.
  var least: Double? { spans.first?.least }
  /// The greatest number, NaN left out.
  var greatest: Double? { spans.last?.greatest }

  /// The only number in it.
  var single: Double? {
    guard !mayBeNaN, spans.count == 1, let span = spans.first, span.least == span.greatest else {
      return nil
    }
    return span.least
  }

  /// Its numbers, if each span is one.
  var points: [Double]? {
    guard !mayBeNaN, spans.allSatisfy({ $0.least == $0.greatest }) else { return nil }
    return spans.map(\.least)
  }

  func contains(_ number: Double) -> Bool {
    if number.isNaN { return mayBeNaN }
    if isWhole, number.isFinite, number != number.rounded() { return false }
    return spans.contains { $0.least <= number && number <= $0.greatest }
  }

  private mutating func keepWhole() {
    spans = spans.compactMap { span in
      let whole = Span(
        least: span.least.rounded(.up), greatest: span.greatest.rounded(.down))
      return whole.least <= whole.greatest ? whole : nil
    }
  }

  // MARK: - Sets

  package func intersection(_ other: NumberSet) -> NumberSet {
    var found: [Span] = []
    var (left, right) = (0, 0)
    while left < spans.count, right < other.spans.count {
      let least = max(spans[left].least, other.spans[right].least)
      let greatest = min(spans[left].greatest, other.spans[right].greatest)
      if least <= greatest { found.append(Span(least: least, greatest: greatest)) }
      if spans[left].greatest < other.spans[right].greatest { left += 1 } else { right += 1 }
    }
    return NumberSet(
      spans: found.count <= Limits.checkedConstants ? found : spans,
      isWhole: isWhole || other.isWhole, mayBeNaN: mayBeNaN && other.mayBeNaN)
  }

  package func union(_ other: NumberSet) -> NumberSet {
    if self == other { return self }
    var merged: [Span] = []
    for span in (spans + other.spans).sorted(by: { $0.least < $1.least }) {
      if let last = merged.last,
        span.least <= last.greatest || merged.count == Limits.checkedConstants
      {
        merged[merged.count - 1].greatest = max(last.greatest, span.greatest)
      } else {
        merged.append(span)
      }
    }
    return NumberSet(
      spans: merged, isWhole: (isWhole || spans.isEmpty) && (other.isWhole || other.spans.isEmpty),
      mayBeNaN: mayBeNaN || other.mayBeNaN)
  }

  /// All but one number; zero and minus zero are the same.
  func excluding(_ number: Double) -> NumberSet {
    guard let index = spans.firstIndex(where: { $0.least <= number && number <= $0.greatest })
    else { return self }
    let span = spans[index]
    var rest: [Span] = []
    if span.least < number { rest.append(Span(least: span.least, greatest: number.nextDown)) }
    if number < span.greatest { rest.append(Span(least: number.nextUp, greatest: span.greatest)) }
    guard spans.count + rest.count - 1 <= Limits.checkedConstants else { return self }
    var all = spans
    all.replaceSubrange(index...index, with: rest)
    return NumberSet(spans: all, isWhole: isWhole, mayBeNaN: mayBeNaN)
  }

  var withoutNaN: NumberSet { NumberSet(spans: spans, isWhole: isWhole, mayBeNaN: false) }

  // MARK: - Calculation

  /// What a function that never falls makes of it.
  ///
  /// - Parameters:
  ///   - isWhole: Whether the function gives whole numbers only.
  ///   - body: Gives a number for every number, and rises or stays.
  /// - Returns: The numbers between what it gives for the least and the greatest.
  func mapped(isWhole: Bool, _ body: (Double) -> Double) -> NumberSet {
    guard let least, let greatest else { return self }
    return NumberSet(from: body(least), to: body(greatest), isWhole: isWhole, orNaN: mayBeNaN)
  }

  var negated: NumberSet {
    NumberSet(
      spans: spans.reversed().map { Span(least: -$0.greatest, greatest: -$0.least) },
      isWhole: isWhole, mayBeNaN: mayBeNaN)
  }

  var magnitudes: NumberSet {
    guard let least, let greatest else { return self }
    let floor = least > 0 ? least : greatest < 0 ? -greatest : 0
    return NumberSet(
      from: floor, to: max(least.magnitude, greatest.magnitude), isWhole: isWhole, orNaN: mayBeNaN)
  }

  /// The sums: a sum rounds upwards no further than a greater one, so that the ends give the ends.
  func adding(_ other: NumberSet) -> NumberSet {
    combined(other, isWhole: isWhole && other.isWhole) {
      [$0.least + $1.least, $0.greatest + $1.greatest]
    }
  }

  func multiplying(_ other: NumberSet) -> NumberSet {
    combined(other, isWhole: isWhole && other.isWhole) {
      [
        $0.least * $1.least, $0.least * $1.greatest, $0.greatest * $1.least,
        $0.greatest * $1.greatest,
      ]
    }
  }

  func dividing(by other: NumberSet) -> NumberSet {
    // Near zero a quotient is anything, and its sign is that of a zero that is not tracked here.
    guard let least = other.least, let greatest = other.greatest, least > 0 || greatest < 0 else {
      return .all
    }
    return combined(other, isWhole: false) {
      [
        $0.least / $1.least, $0.least / $1.greatest, $0.greatest / $1.least,
        $0.greatest / $1.greatest,
      ]
    }
  }

  /// The remainders: between zero and the divisor, where twice the divisor is still a number.
  func modulo(_ other: NumberSet) -> NumberSet {
    guard !mayBeNaN, !other.mayBeNaN, let low = least, let high = greatest,
      let least = other.least, let greatest = other.greatest, low.isFinite, high.isFinite,
      least > 0 || greatest < 0, max(least.magnitude, greatest.magnitude) < 1e300
    else { return .all }
    return NumberSet(
      from: min(least, 0), to: max(greatest, 0), isWhole: isWhole && other.isWhole)
  }

  private struct Ends {
    var least: Double
    var greatest: Double
  }

  /// What comes of the ends; everything where one of them gives NaN.
  ///
  /// An end that is infinite may also give NaN with what lies inside of the other, zero times infinity for one.
  private func combined(
    _ other: NumberSet, isWhole: Bool, _ body: (Ends, Ends) -> [Double]
  ) -> NumberSet {
    guard let least, let greatest, let otherLeast = other.least, let otherGreatest = other.greatest
    else { return NumberSet(.nan) }
    let isFinite =
      least.isFinite && greatest.isFinite && otherLeast.isFinite && otherGreatest.isFinite
    let results = body(
      Ends(least: least, greatest: greatest), Ends(least: otherLeast, greatest: otherGreatest))
    guard let low = results.min(), let high = results.max(), !results.contains(where: \.isNaN)
    else { return .all }
    return NumberSet(
      from: low, to: high, isWhole: isWhole, orNaN: mayBeNaN || other.mayBeNaN || !isFinite)
  }
}
