/// A set of states in the making: a state brings along all that is reached from it without a scalar.
struct StateClosure {
  /// A bit for each state.
  private(set) var bits: [UInt64]
  /// How many bits there are.
  private(set) var count = 0
  /// States yet to be added; each split is met once, so that there is room for all.
  private var waiting: [UInt16]

  /// An empty set of so many states.
  init(states: Int) {
    bits = [UInt64](repeating: 0, count: (states + 63) / 64)
    waiting = [UInt16](repeating: 0, count: states)
  }

  /// Adds a mark, and nothing else.
  mutating func insert(mark: Int) {
    bits[mark >> 6] |= 1 << UInt64(mark & 63)
    count += 1
  }

  /// Adds a state and all that is reached from it at a place of the given kinds.
  ///
  /// - Returns: Whether the pattern has matched.
  mutating func add(
    _ state: Int, _ states: [PatternState], holding places: PatternPlaces
  ) -> Bool {
    Self.add(state, states, holding: places, to: &bits, &waiting, &count)
  }

  private static func add(
    _ state: Int, _ states: [PatternState], holding places: PatternPlaces,
    to bits: inout [UInt64], _ waiting: inout [UInt16], _ count: inout Int
  ) -> Bool {
    var bits = bits.mutableSpan
    var waiting = waiting.mutableSpan
    return add(state, states.span, holding: places, to: &bits, &waiting, &count)
  }

  // INVARIANT: `bits` has a bit, and `waiting` room, for every state of `states`, and these name only each other;
  // ``PatternWriter`` makes them so. What is read and written unchecked below lies inside.
  @inline(__always)
  static func add(
    _ first: Int, _ states: Span<PatternState>, holding places: PatternPlaces,
    to bits: inout MutableSpan<UInt64>, _ waiting: inout MutableSpan<UInt16>,
    _ count: inout Int
  ) -> Bool {
    var waitingCount = 0
    var index = first
    while true {
      let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: index & 63)
      // Safe: the index is a state's.
      let word = unsafe bits[unchecked: index >> 6]
      if word & bit == 0 {
        // Safe: the index is a state's.
        let state = unsafe states[unchecked: index]
        // Safe: the index is a state's.
        unsafe bits[unchecked: index >> 6] = word | bit
        count &+= 1
        // Most states take a scalar; a jump table for all of them is mispredicted more often.
        if state.kind == .split {
          // Safe: each split is met once.
          unsafe waiting[unchecked: waitingCount] = state.other
          waitingCount &+= 1
          index = Int(state.next)
          continue
        }
        if state.kind == .place, !state.places.isDisjoint(with: places) {
          index = Int(state.next)
          continue
        }
        if state.kind == .match { return true }
      }
      if waitingCount == 0 { return false }
      waitingCount &-= 1
      // Safe: as many were put there.
      index = unsafe Int(waiting[unchecked: waitingCount])
    }
  }
}
