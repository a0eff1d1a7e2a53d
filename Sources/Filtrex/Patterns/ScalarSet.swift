/// Scalar values from `lower` to `upper`, both included.
struct ScalarRange: Hashable, Sendable {
  var lower: UInt32
  var upper: UInt32

  init(_ lower: UInt32, _ upper: UInt32) {
    self.lower = lower
    self.upper = upper
  }

  init(_ range: ClosedRange<Unicode.Scalar>) {
    self.init(range.lowerBound.value, range.upperBound.value)
  }
}

/// Unicode scalars, as ranges in order that neither touch nor overlap.
///
/// Surrogates are left out: a pattern may name them, but no text holds one.
struct ScalarSet: Equatable, Sendable {
  let ranges: [ScalarRange]

  /// The union of `ranges`, in any order.
  init(_ ranges: [ScalarRange]) { self.ranges = Self.joined(ranges) }

  /// Every scalar that is not in this set.
  var inverted: ScalarSet {
    var gaps: [ScalarRange] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lower > next { gaps.append(ScalarRange(next, range.lower - 1)) }
      next = range.upper + 1
    }
    if next <= Self.last { gaps.append(ScalarRange(next, Self.last)) }
    return ScalarSet(gaps)
  }

  /// The scalar, where the set has no other.
  var onlyScalar: Unicode.Scalar? {
    guard ranges.count == 1, ranges[0].lower == ranges[0].upper else { return nil }
    return Unicode.Scalar(ranges[0].lower)
  }

  /// The last code point there is.
  static let last: UInt32 = 0x10FFFF
  private static let surrogates = ScalarRange(0xD800, 0xDFFF)

  /// The ranges in order, those that touch made one, without surrogates.
  static func joined(_ ranges: [ScalarRange]) -> [ScalarRange] {
    var joined: [ScalarRange] = []
    for range in ranges.sorted(by: { $0.lower < $1.lower }) {
      guard let last = joined.last, range.lower <= last.upper + 1 else {
        joined.append(range)
        continue
      }
      joined[joined.count - 1].upper = max(last.upper, range.upper)
    }
    guard
      let first = joined.firstIndex(where: { $0.upper >= surrogates.lower }),
      joined[first].lower <= surrogates.upper
    else { return joined }
    return withoutSurrogates(joined)
  }

  private static func withoutSurrogates(_ ranges: [ScalarRange]) -> [ScalarRange] {
    var kept: [ScalarRange] = []
    for range in ranges {
      if range.lower < surrogates.lower {
        kept.append(ScalarRange(range.lower, min(range.upper, surrogates.lower - 1)))
      }
      if range.upper > surrogates.upper {
        kept.append(ScalarRange(max(range.lower, surrogates.upper + 1), range.upper))
      }
    }
    return kept
  }
}

extension ScalarSet: Hashable {
  /// Hashes some ranges of a large set: they tell it apart well enough, and take no longer than those of a small one.
  func hash(into hasher: inout Hasher) {
    hasher.combine(ranges.count)
    for index in stride(from: 0, to: ranges.count, by: ranges.count / 16 + 1) {
      hasher.combine(ranges[index])
    }
  }
}

// MARK: - Sets with a name of their own

extension ScalarSet {
  /// Everything.
  static let all = ScalarSet([ScalarRange(0, last)])
  /// `\d`.
  static let digits = ScalarSet([ScalarRange("0"..."9")])
  /// `\w`.
  static let wordScalars = ScalarSet([
    ScalarRange("0"..."9"), ScalarRange("A"..."Z"), ScalarRange("_"..."_"), ScalarRange("a"..."z"),
  ])
  /// `\s`: white space and line terminators.
  ///
  /// - Source: ECMA-262, 12.2 and 12.3.
  static let whiteSpace = ScalarSet([
    ScalarRange("\t"..."\r"), ScalarRange(" "..." "), ScalarRange("\u{A0}"..."\u{A0}"),
    ScalarRange("\u{1680}"..."\u{1680}"), ScalarRange("\u{2000}"..."\u{200A}"),
    ScalarRange("\u{2028}"..."\u{2029}"), ScalarRange("\u{202F}"..."\u{202F}"),
    ScalarRange("\u{205F}"..."\u{205F}"), ScalarRange("\u{3000}"..."\u{3000}"),
    ScalarRange("\u{FEFF}"..."\u{FEFF}"),
  ])
  /// `.`: everything but the ends of lines.
  static let withinLine = ScalarSet([
    ScalarRange("\n"..."\n"), ScalarRange("\r"..."\r"), ScalarRange("\u{2028}"..."\u{2029}"),
  ]).inverted
  /// What UTF-16 writes as two surrogates.
  static let beyondBasicPlane = ScalarSet([ScalarRange(0x10000, last)])
  /// `\D`.
  static let otherThanDigits = digits.inverted
  /// `\W`.
  static let otherThanWordScalars = wordScalars.inverted
  /// `\S`.
  static let otherThanWhiteSpace = whiteSpace.inverted
}
