extension PatternParser {
  /// `[…]`; the position is at the bracket.
  mutating func characterClass() throws(PatternError) -> ScalarSet {
    let start = position
    position += 1
    let isInverted = take("^")
    var ranges = ClassRanges()
    while !take("]") {
      guard !atEnd else { throw error(.unclosedClass, from: start, to: start + 1) }
      try classPart(&ranges)
      guard ranges.areFew else { throw error(.tooManyRanges, from: start) }
      guard rangesRead + ranges.insertions <= Limits.patternRangesRead else {
        throw error(.tooManyRangesRead, from: start)
      }
    }
    rangesRead += ranges.insertions
    let set = ScalarSet(ranges.ranges)
    return isInverted ? set.inverted : set
  }

  /// One atom, or two with a hyphen between them.
  private mutating func classPart(_ ranges: inout ClassRanges) throws(PatternError) {
    let start = position
    let first = try classAtom()
    let hyphen = position
    guard take("-"), !atEnd, byte() != UInt8(ascii: "]") else {
      position = hyphen
      return ranges.insert(first)
    }
    let last = try classAtom()
    guard case .scalar(let lower) = first, case .scalar(let upper) = last else {
      // A class has no ends; without the `u` flag the hyphen then is a sign like others.
      ranges.insert(first)
      ranges.insert(.scalar(UInt32(UInt8(ascii: "-"))))
      return ranges.insert(last)
    }
    guard lower <= upper else {
      throw error(.rangeBackwards(text(from: start)), from: start)
    }
    ranges.insert(ScalarRange(lower, upper))
  }

  private mutating func classAtom() throws(PatternError) -> Atom {
    byte() == UInt8(ascii: "\\") ? try escape(inClass: true) : .scalar(takeScalar())
  }
}

/// The ranges of a class as they come, joined now and then, so that a long class holds no more than a pattern may.
private struct ClassRanges {
  private(set) var ranges: [ScalarRange] = []
  private(set) var areFew = true
  /// How many came in all.
  private(set) var insertions = 0

  mutating func insert(_ range: ScalarRange) {
    ranges.append(range)
    insertions += 1
    guard ranges.count > 2 * Limits.patternRanges else { return }
    ranges = ScalarSet.joined(ranges)
    areFew = ranges.count <= Limits.patternRanges
  }

  mutating func insert(_ atom: PatternParser.Atom) {
    switch atom {
    case .scalar(let scalar): insert(ScalarRange(scalar, scalar))
    case .set(let set): for range in set.ranges { insert(range) }
    }
  }
}
