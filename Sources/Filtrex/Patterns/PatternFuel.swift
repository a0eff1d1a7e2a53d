/// What matching costs, the same for a pattern and a text whatever was matched before, and however it is sliced.
///
/// A step over one scalar costs what it takes without a row in the cache, in proportion to the states that are
/// possible; fuel is counted in shares of a unit, since a step from few states takes less than an instruction.
enum PatternFuel {
  /// Shares of one unit.
  static let sharesPerUnit = 16
  /// What one step takes whatever it does, for each word of its set, and for each state.
  private static let step = 2
  private static let word = 2
  private static let state = 2

  /// Shares for beginning and ending, where so many states can come in at the end.
  static func start(reach: Int) -> Int { 16 * sharesPerUnit + state * reach }

  /// Shares for a step from a set of such a weight (``PatternSimulation/weight``) that takes so many words.
  static func step(weight: Int, words: Int) -> Int { step + word * words + state * weight }

  /// The most units that matching can take.
  ///
  /// Plain text takes less than an automaton of one state.
  static func bound(states: Int, reach: Int, textBytes: Int) -> Int {
    let bits = min(states, Limits.patternStates) + PatternState.first
    let reach = min(reach, bits)
    let most = step(weight: bits + reach, words: (bits + 63) / 64)
    return textBytes.addedClamped(to: 1).multipliedClamped(by: most)
      .addedClamped(to: start(reach: reach)) / sharesPerUnit
  }

  /// Units for reading a pattern of so many bytes that is not plain text.
  static func reading(bytes: Int) -> Int {
    64.addedClamped(to: bytes.multipliedClamped(by: 8))
  }

  /// Units for making so many states and ranges of classes.
  static func making(states: Int, ranges: Int) -> Int { 4 * states + 8 * ranges }

  /// The most units that reading a pattern of so many bytes can take.
  static func readingBound(bytes: Int) -> Int {
    reading(bytes: bytes).addedClamped(
      to: making(states: Limits.patternStates, ranges: Limits.patternRanges))
  }
}
