/// The states of a pattern, and all that is known of them before there is a text.
///
/// What is possible at one place of a text is a set of states, a bit each: the states themselves, and two bits that
/// say what is before the place. `\b`, `\B` and `$` wait in the set until the next scalar, or the end, is known.
struct PatternAutomaton: Sendable {
  let states: [PatternState]
  let tests: ScalarTests
  let classes: ScalarClasses
  /// The states that take a scalar.
  let scalarStates: [UInt64]
  /// The states that wait for the next scalar: `\b` and `\B`.
  let boundaryStates: [UInt64]
  /// The states that wait for the next scalar or the end.
  let placeStates: [UInt64]
  /// The states from which something can still come.
  let liveStates: [UInt64]
  let hasBoundaries: Bool
  /// How many states can come into a set at most when what waits in it goes on, which no bit of the set tells.
  let reach: Int
  /// What is possible at the start of a text.
  let initial: [UInt64]
  let initialWeight: Int
  /// What is possible at every other place, since a match may begin anywhere.
  let restart: [UInt64]
  let restartBits: Int
  /// Whether something can always still come, so that no text is given up before its end.
  let restartIsLive: Bool
  /// Whether the pattern matches before it has seen a scalar, so that it matches every text.
  let matchesAtOnce: Bool
  /// Whether the pattern matches the place between the two surrogates of a scalar beyond U+FFFF, so that it matches
  /// every text that has such a scalar.
  ///
  /// - Source: V8 tries a match between them, with the `u` flag and without; only `\B` holds there.
  let matchesInsideScalars: Bool

  /// The automaton of no pattern.
  static let none = PatternAutomaton(0, of: .none)

  init(_ root: PatternSyntax.NodeID, of syntax: PatternSyntax) {
    let states = PatternWriter.states(of: root, in: syntax)
    self.states = states
    func bits(where isIn: (PatternState) -> Bool) -> [UInt64] {
      var bits = [UInt64](repeating: 0, count: (states.count + 63) / 64)
      for (index, state) in states.enumerated() where isIn(state) {
        bits[index >> 6] |= 1 << UInt64(index & 63)
      }
      return bits
    }
    let boundaries: PatternPlaces = [.wordBoundary, .otherThanWordBoundary]
    scalarStates = bits { $0.kind == .scalar }
    boundaryStates = bits { $0.kind == .place && !$0.places.isDisjoint(with: boundaries) }
    placeStates = bits { $0.kind == .place }
    liveStates = bits { $0.kind == .scalar || $0.kind == .place && $0.places != .start }
    hasBoundaries = boundaryStates.contains { $0 != 0 }
    var sets = syntax.sets.sets
    tests = ScalarTests(sets)
    var closure = StateClosure(states: states.count)
    matchesInsideScalars =
      hasBoundaries && closure.add(PatternState.first, states, holding: .otherThanWordBoundary)
    // Scalars are told apart where it matters what stands before a place, or that there is one inside them.
    if hasBoundaries, !sets.contains(.wordScalars) { sets.append(.wordScalars) }
    if matchesInsideScalars { sets.append(.beyondBasicPlane) }
    classes = ScalarClasses(sets)

    closure = StateClosure(states: states.count)
    for (index, state) in states.enumerated() where state.kind == .place && state.places != .start {
      _ = closure.add(Int(states[index].next), states, holding: .all)
    }
    reach = closure.count
    closure = StateClosure(states: states.count)
    matchesAtOnce = closure.add(PatternState.first, states, holding: .start)
    closure.insert(mark: PatternState.atStart)
    initial = closure.bits
    initialWeight =
      closure.count + (zip(closure.bits, boundaryStates).contains { $0 & $1 != 0 } ? reach : 0)
    closure = StateClosure(states: states.count)
    _ = closure.add(PatternState.first, states, holding: [])
    restart = closure.bits
    restartBits = closure.count
    restartIsLive = zip(closure.bits, liveStates).contains { $0 & $1 != 0 }
  }

  /// Words of one set of states.
  var wordCount: Int { initial.count }

  /// About how many bytes the automaton takes.
  var memoryBytes: Int {
    states.count * MemoryLayout<PatternState>.stride + tests.memoryBytes + classes.memoryBytes
      + 6 * 8 * wordCount
  }
}
