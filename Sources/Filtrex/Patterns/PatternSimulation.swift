/// The states that are possible at one place of a text, and the step to the next place.
///
/// One step takes time in proportion to the states in the set and those that come into it.
struct PatternSimulation: Sendable {
  enum Outcome {
    case matched
    /// Nothing is possible any more.
    case failed
    case open
  }

  private var current: [UInt64] = []
  private var next: [UInt64] = []
  private var waiting: [UInt16] = []
  /// Twice the step's number, and one more if the scalar at hand is in the set.
  private var answers: [UInt64] = []
  private var stepNumber: UInt64 = 0

  /// By what a step from the set costs: its bits, and all that can come into it before the next scalar.
  private(set) var weight = 0

  /// The row of a cache for what is possible, as ``PatternCache/row(of:weight:)`` finds it.
  func row(in cache: inout PatternCache) -> (row: Int, isAlone: Bool)? {
    cache.row(of: current.span, weight: weight)
  }

  /// Makes room for the sets of an automaton.
  mutating func prepare(for automaton: borrowing PatternAutomaton) {
    Self.grow(&current, to: automaton.wordCount)
    Self.grow(&next, to: automaton.wordCount)
    Self.grow(&waiting, to: automaton.states.count)
    Self.grow(&answers, to: automaton.tests.count)
  }

  private static func grow<Element: FixedWidthInteger>(_ array: inout [Element], to count: Int) {
    guard array.count < count else { return }
    array.append(contentsOf: repeatElement(0, count: count - array.count))
  }

  /// Stands at the start of a text.
  mutating func begin(_ automaton: borrowing PatternAutomaton) {
    load(automaton.initial.span, weight: automaton.initialWeight)
  }

  /// Takes a set of the automaton's for what is possible.
  mutating func load(_ words: Span<UInt64>, weight: Int) {
    for index in words.indices { current[index] = words[index] }
    self.weight = weight
  }

  /// Goes over one scalar.
  mutating func step(over scalar: UInt32, _ automaton: borrowing PatternAutomaton) -> Outcome {
    let isOfWord = automaton.hasBoundaries && Self.isOfWord(scalar)
    if automaton.hasBoundaries {
      if resolve(before: isOfWord, automaton) { return .matched }
      if automaton.matchesInsideScalars, scalar > 0xFFFF { return .matched }
    }
    stepNumber += 1
    weight = automaton.restartBits
    let hasMatched = Self.step(
      over: scalar, automaton, current, &next, &waiting, &answers, stepNumber, &weight)
    if hasMatched { return .matched }
    swap(&current, &next)
    if isOfWord {
      current[0] |= 1 << UInt64(PatternState.wordBefore)
      weight += 1
    }
    if automaton.hasBoundaries, holdsAny(of: automaton.boundaryStates) {
      weight += automaton.reach
    }
    return automaton.restartIsLive || holdsAny(of: automaton.liveStates) ? .open : .failed
  }

  // INVARIANT: `prepare` has made room for the words of a set, and for all states.
  private static func step(
    over scalar: UInt32, _ automaton: borrowing PatternAutomaton, _ current: [UInt64],
    _ next: inout [UInt64], _ waiting: inout [UInt16], _ answers: inout [UInt64],
    _ stepNumber: UInt64, _ bits: inout Int
  ) -> Bool {
    let current = current.span
    var next = next.mutableSpan
    var waiting = waiting.mutableSpan
    let states = automaton.states.span
    let scalarStates = automaton.scalarStates.span
    let restart = automaton.restart.span
    for word in restart.indices {
      // Safe: see above.
      unsafe next[unchecked: word] = restart[unchecked: word]
    }
    for word in scalarStates.indices {
      // Safe: see above.
      var live = unsafe current[unchecked: word] & scalarStates[unchecked: word]
      while live != 0 {
        // Safe: a bit of these words is a state's.
        let state = unsafe states[unchecked: word << 6 | live.trailingZeroBitCount]
        live &= live &- 1
        let holds =
          scalar < 0x80
          ? automaton.tests.holds(ascii: scalar, set: state.set)
          : holds(scalar, state.set, automaton, &answers, stepNumber)
        if holds,
          StateClosure.add(Int(state.next), states, holding: [], to: &next, &waiting, &bits)
        {
          return true
        }
      }
    }
    return false
  }

  /// Comes to the end of the text.
  ///
  /// - Returns: Whether the pattern has matched.
  mutating func end(_ automaton: borrowing PatternAutomaton) -> Bool {
    Self.resolve(
      places(before: false).union(.end), automaton.placeStates, automaton, &current, &waiting)
  }

  // MARK: - Places

  /// Lets `\b` and `\B` go on where they hold, now that the next scalar is known.
  private mutating func resolve(before isOfWord: Bool, _ automaton: borrowing PatternAutomaton)
    -> Bool
  {
    Self.resolve(
      places(before: isOfWord), automaton.boundaryStates, automaton, &current, &waiting)
  }

  /// What kinds of place this is, when a scalar of a word comes next or not.
  private func places(before isOfWord: Bool) -> PatternPlaces {
    let wasOfWord = current[0] >> UInt64(PatternState.wordBefore) & 1 != 0
    let isAtStart = current[0] >> UInt64(PatternState.atStart) & 1 != 0
    let places: PatternPlaces = wasOfWord == isOfWord ? .otherThanWordBoundary : .wordBoundary
    return isAtStart ? places.union(.start) : places
  }

  private static func resolve(
    _ places: PatternPlaces, _ waitingStates: [UInt64], _ automaton: borrowing PatternAutomaton,
    _ current: inout [UInt64], _ waiting: inout [UInt16]
  ) -> Bool {
    let states = automaton.states.span
    let waitingStates = waitingStates.span
    // What comes in here is gone with the next step; the set's weight counts it already.
    var count = 0
    var bits = current.mutableSpan
    var waiting = waiting.mutableSpan
    for word in waitingStates.indices {
      var open = bits[word] & waitingStates[word]
      while open != 0 {
        let state = states[word << 6 | open.trailingZeroBitCount]
        open &= open - 1
        if !state.places.isDisjoint(with: places),
          StateClosure.add(Int(state.next), states, holding: places, to: &bits, &waiting, &count)
        {
          return true
        }
      }
    }
    return false
  }

  // MARK: - Scalars

  private static func isOfWord(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }

  /// Whether a set holds a scalar beyond ASCII; asked once a step, however many states have the set.
  @inline(never)
  private static func holds(
    _ scalar: UInt32, _ set: UInt16, _ automaton: borrowing PatternAutomaton,
    _ answers: inout [UInt64], _ stepNumber: UInt64
  ) -> Bool {
    let answer = answers[Int(set)]
    if answer >> 1 == stepNumber { return answer & 1 != 0 }
    let holds = automaton.tests.holds(beyondASCII: scalar, set: set)
    answers[Int(set)] = stepNumber << 1 | (holds ? 1 : 0)
    return holds
  }

  private func holdsAny(of states: [UInt64]) -> Bool {
    for index in states.indices where current[index] & states[index] != 0 { return true }
    return false
  }
}
