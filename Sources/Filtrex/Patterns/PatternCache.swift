/// Steps of one automaton that were taken before: a deterministic automaton that grows as texts need it.
///
/// A set of states that a text has led to is a row; a row says what a scalar of each class leads to. What it takes is
/// bounded: when it is full it forgets everything and begins anew, which costs time but no fuel and no answer.
struct PatternCache: Sendable {
  /// Entries that are no rows.
  static let unknown = UInt16.max
  static let matched = UInt16.max - 1
  static let failed = UInt16.max - 2
  /// What a row begins with: the fuel of a step from it, and what the end of the text leads to.
  static let costColumn = 0
  static let endColumn = 1

  /// Whose steps these are.
  private(set) var pattern: Pattern?
  /// The pattern's automaton, at hand without a look into the pattern.
  private(set) var automaton = PatternAutomaton.none
  /// Rows one after the other, `width` entries each.
  private(set) var rows: [UInt16] = []
  /// The set of each row, in the same order.
  private var sets: [UInt64] = []
  /// Where a set's row is found by its hash: one more than its number, or 0.
  private var buckets: [UInt16] = []
  private var width = 0
  private var count = 0
  private var capacity = 0
  /// What may be spent on new rows: steps taken without one.
  private var credit = 0
  /// When it was used last, for the one who looks for one to give up.
  var lastUse: UInt64 = 0

  /// Making a row costs about as much as this many steps without one.
  ///
  /// So many steps are taken before each new row, so that a pattern which needs a new row for every scalar is little
  /// slower than without rows.
  private static let rowCost = 4
  /// Steps after which a row is looked for again, where there was none.
  private static let patience = 8
  private static let mostCredit = 64

  /// Whether there is room for enough rows to be of use.
  var isUseful: Bool { capacity >= Self.leastRows }
  private static let leastRows = 8
  private static let leastBuckets = 16

  /// Forgets everything, and serves another pattern.
  mutating func serve(_ pattern: Pattern, _ automaton: PatternAutomaton) {
    self.pattern = pattern
    self.automaton = automaton
    width = automaton.classes.columnCount
    // Two entries of two bytes each are as many buckets as a row may take.
    capacity = Limits.patternCacheBytes / (2 * width + 8 * automaton.wordCount + 8)
    credit = 0
    clear()
  }

  /// Leaves the row of the start, and no other.
  private mutating func clear() {
    rows.removeAll(keepingCapacity: true)
    sets.removeAll(keepingCapacity: true)
    count = 0
    setBuckets(Self.leastBuckets)
    if isUseful { append(automaton.initial, weight: automaton.initialWeight) }
  }

  /// Lets a simulation go on from the set of a row.
  func copySet(of row: Int, to simulation: inout PatternSimulation) {
    // The set is about to be stepped from, so that its weight is not needed.
    simulation.load(set(of: row / width), weight: 0)
  }

  @_lifetime(borrow self)
  private func set(of number: Int) -> Span<UInt64> {
    let words = automaton.wordCount
    return sets.span.extracting(number * words..<(number + 1) * words)
  }

  /// Shares of fuel for a step from a row.
  func cost(of row: Int) -> Int { Int(rows[row + Self.costColumn]) }

  /// Fills in what a column of a row leads to.
  mutating func set(_ target: UInt16, at row: Int, column: Int) { rows[row + column] = target }

  /// One more step was taken without a row.
  ///
  /// - Returns: Whether it is time to look for one.
  mutating func earn() -> Bool {
    credit = min(credit + 1, Self.mostCredit)
    return credit >= Self.patience && isUseful
  }

  /// The row of a set of so many states; a new one if there is credit for it.
  ///
  /// - Returns: `nil` where there is none and can be none; otherwise the row, and whether all others are gone.
  mutating func row(of set: Span<UInt64>, weight: Int) -> (row: Int, isAlone: Bool)? {
    let set = set.extracting(0..<automaton.wordCount)
    if let number = find(set) { return (number * width, false) }
    guard credit >= Self.rowCost else { return nil }
    credit -= Self.rowCost
    let isFull = count == capacity
    if isFull { clear() }
    append(set, weight: weight)
    return ((count - 1) * width, isFull)
  }

  private mutating func append(_ set: [UInt64], weight: Int) { append(set.span, weight: weight) }

  private mutating func append(_ set: Span<UInt64>, weight: Int) {
    if rows.count + width > rows.capacity {
      // Exactly as much as is needed, at most: arrays that grow by themselves would take up to twice the limit.
      let room = min(2 * count + Self.leastRows, capacity)
      rows.reserveCapacity(room * width)
      sets.reserveCapacity(room * set.count)
    }
    for index in set.indices { sets.append(set[index]) }
    rows.append(UInt16(PatternFuel.step(weight: weight, words: set.count)))
    rows.append(contentsOf: repeatElement(Self.unknown, count: width - 1))
    count += 1
    if 2 * count > buckets.count {
      setBuckets(2 * buckets.count)
      for number in 0..<count { enter(number) }
    } else {
      enter(count - 1)
    }
  }

  // MARK: - Buckets

  private mutating func setBuckets(_ count: Int) {
    buckets.removeAll(keepingCapacity: true)
    buckets.append(contentsOf: repeatElement(0, count: count))
  }

  private mutating func enter(_ number: Int) {
    var bucket = Self.hash(set(of: number)) & (buckets.count - 1)
    while buckets[bucket] != 0 { bucket = (bucket + 1) & (buckets.count - 1) }
    buckets[bucket] = UInt16(number + 1)
  }

  private func find(_ set: Span<UInt64>) -> Int? {
    var bucket = Self.hash(set) & (buckets.count - 1)
    while buckets[bucket] != 0 {
      let number = Int(buckets[bucket]) - 1
      if isEqual(set, number) { return number }
      bucket = (bucket + 1) & (buckets.count - 1)
    }
    return nil
  }

  private func isEqual(_ set: Span<UInt64>, _ number: Int) -> Bool {
    let start = number * set.count
    for index in set.indices where sets[start + index] != set[index] { return false }
    return true
  }

  private static func hash(_ set: Span<UInt64>) -> Int {
    var hash: UInt64 = 0
    for index in set.indices {
      hash = (hash ^ set[index]) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    return Int(truncatingIfNeeded: hash >> 8)
  }
}
