/// A pattern of `~=`: an immutable value that any number of executions share.
///
/// A pattern that is plain text, with or without `^` before and `$` behind, is kept as that text. Any other is an
/// automaton of states, at most ``Limits/patternStates``; ``PatternMatcher`` runs it.
final class Pattern: Sendable {
  enum Form {
    case plain(PlainPattern)
    case states(PatternAutomaton)
  }

  let form: Form
  /// States, counted repeats written out; of a plain text, its scalars.
  let stateCount: Int
  /// Units of fuel for reading the pattern.
  let fuel: Int

  /// Reads the text of a pattern.
  ///
  /// - Throws: ``PatternError`` where the text is no pattern, or asks for what linear time can not give.
  init(parsing text: Span<UInt8>) throws(PatternError) {
    guard text.count <= Limits.patternBytes else {
      throw PatternError(range: 0..<text.count, reason: .tooLong(bytes: text.count))
    }
    if let plain = PlainPattern(text) {
      form = .plain(plain)
      stateCount = plain.scalarCount
      fuel = FuelCost.slowBytes(text.count)
      return
    }
    let (syntax, root) = try PatternParser.parse(text)
    stateCount = syntax[root].stateCount + 1
    fuel =
      PatternFuel.reading(bytes: text.count)
      + PatternFuel.making(states: stateCount, ranges: syntax.sets.rangeCount)
    if let plain = PlainPattern(root, of: syntax) {
      form = .plain(plain)
    } else {
      form = .states(PatternAutomaton(root, of: syntax))
    }
  }

  /// The most units of fuel that matching it with a text of so many bytes can take.
  func fuelBound(textBytes: Int) -> Int {
    switch form {
    case .plain: PatternFuel.bound(states: 1, reach: 0, textBytes: textBytes)
    case .states(let automaton):
      PatternFuel.bound(states: stateCount, reach: automaton.reach, textBytes: textBytes)
    }
  }

  /// About how much memory the pattern takes, in bytes.
  var memoryBytes: Int {
    switch form {
    case .plain(let plain): 128 + plain.text.count
    case .states(let automaton): 512 + automaton.memoryBytes
    }
  }
}
