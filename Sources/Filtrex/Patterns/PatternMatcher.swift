/// Matches patterns with texts, and can stop anywhere in between.
///
/// Time is in proportion to text times states, memory is bounded, whatever pattern and text are: all states that are
/// possible go over a scalar together. The steps that were taken are kept (``PatternCache``) for the last few
/// patterns, so that one that is used again goes from row to row.
struct PatternMatcher: Sendable {
  /// The steps of the pattern at hand, and those of others.
  private var cache = PatternCache()
  private var others: [PatternCache] = []
  private var simulation = PatternSimulation()
  private var uses: UInt64 = 0

  // The match at hand.
  private var position = 0
  /// Where the possible states are: a row of the cache, or else the simulation.
  private var row: Int?
  /// Shares of fuel that were used and are not paid.
  private var debt = 0

  /// The most units that matching a pattern of so many states can take, whatever the text.
  static func fuelBound(stateCount: Int, textBytes: Int) -> Int {
    PatternFuel.bound(states: stateCount, reach: stateCount, textBytes: textBytes)
  }

  /// Stands before the first scalar of a text.
  mutating func start(_ pattern: Pattern) {
    position = 0
    if case .plain = pattern.form { return }
    if cache.pattern !== pattern { find(pattern) }
    uses += 1
    cache.lastUse = uses
    debt = PatternFuel.start(reach: cache.automaton.reach)
    row = cache.isUseful ? 0 : nil
    if row == nil { simulation.begin(cache.automaton) }
  }

  /// Goes on until it is known whether the text has a match, or the fuel is used up.
  ///
  /// - Parameters:
  ///   - pattern: The one that was started.
  ///   - text: The same until there is an answer; well-formed UTF-8.
  ///   - fuel: Units left; may be taken below zero.
  /// - Returns: Whether there is a match anywhere, or `nil` when the fuel is used up.
  mutating func run(_ pattern: Pattern, over text: Span<UInt8>, fuel: inout Int) -> Bool? {
    if case .plain(let plain) = pattern.form {
      while fuel > 0 {
        if let answer = plain.step(over: text, &position, fuel: &fuel) { return answer }
      }
      return nil
    }
    // More than any match takes, and little enough to be counted in shares.
    let granted = min(fuel, 1 << 48)
    var shares = granted * PatternFuel.sharesPerUnit - debt
    let answer = run(text, &shares)
    // A unit that was begun is not paid before it is used up.
    let left = -(-shares >> 4)
    debt = left * PatternFuel.sharesPerUnit - shares
    fuel -= granted - left
    return answer
  }

  private mutating func run(_ text: Span<UInt8>, _ shares: inout Int) -> Bool? {
    while shares > 0 {
      if cache.automaton.matchesAtOnce { return true }
      guard let row else {
        if let answer = simulate(text, &shares) { return answer }
        continue
      }
      var walk = RowWalk(row: row, position: position, shares: shares)
      let stop = walk.run(
        rows: cache.rows.span, columns: cache.automaton.classes.columnsOfBytes.span, text,
        cache.automaton.classes)
      self.row = walk.row
      position = walk.position
      shares = walk.shares
      switch stop {
      case .matched: return true
      case .failed: return false
      case .outOfFuel: return nil
      case .unknown(let column): extend(column, walk.row, text, &shares)
      }
    }
    return nil
  }

  // MARK: - Steps without a row

  /// Finds out what a column of a row leads to, and goes there if that is no row yet.
  private mutating func extend(
    _ column: Int, _ row: Int, _ text: Span<UInt8>, _ shares: inout Int
  ) {
    cache.copySet(of: row, to: &simulation)
    guard position < text.count else {
      let target = simulation.end(cache.automaton) ? PatternCache.matched : PatternCache.failed
      return cache.set(target, at: row, column: column)
    }
    let cost = cache.cost(of: row)
    let (scalar, length) = UTF8Text.scalar(at: position, in: text)
    switch simulation.step(over: scalar, cache.automaton) {
    case .matched: cache.set(PatternCache.matched, at: row, column: column)
    case .failed: cache.set(PatternCache.failed, at: row, column: column)
    case .open:
      let target = simulation.row(in: &cache)
      if let target, !target.isAlone {
        return cache.set(UInt16(target.row), at: row, column: column)
      }
      // The row that led here has no entry for it, so the step is taken now.
      self.row = target?.row
      if target == nil { _ = cache.earn() }
      position += length
      shares -= cost
    }
  }

  private mutating func simulate(_ text: Span<UInt8>, _ shares: inout Int) -> Bool? {
    while shares > 0 {
      shares -= PatternFuel.step(weight: simulation.weight, words: cache.automaton.wordCount)
      guard position < text.count else { return simulation.end(cache.automaton) }
      let (scalar, length) = UTF8Text.scalar(at: position, in: text)
      position += length
      switch simulation.step(over: scalar, cache.automaton) {
      case .matched: return true
      case .failed: return false
      case .open: break
      }
      if cache.earn(), let found = simulation.row(in: &cache) {
        row = found.row
        return nil
      }
    }
    return nil
  }

  // MARK: - Caches

  /// Puts the steps of a pattern at hand; those that were not used for longest make room where it has none.
  private mutating func find(_ pattern: Pattern) {
    guard case .states(let automaton) = pattern.form else { return }
    simulation.prepare(for: automaton)
    var oldest = 0
    for index in others.indices {
      if others[index].pattern === pattern { return swap(&cache, &others[index]) }
      if others[index].lastUse < others[oldest].lastUse { oldest = index }
    }
    if others.count + 1 < Limits.patternCaches {
      oldest = others.count
      others.append(PatternCache())
    }
    swap(&cache, &others[oldest])
    cache.serve(pattern, automaton)
  }
}
