/// The sets of scalars that a pattern names, each kept once.
struct ScalarSetTable {
  /// The sets have more than ``Limits/patternRanges`` between them.
  struct Full: Error {}

  private(set) var sets: [ScalarSet] = []
  /// Ranges of all of them.
  private(set) var rangeCount = 0
  // Two ways in, since most sets are single letters, and finding one of those makes no array.
  private var indicesOfScalars: [UInt32: Int] = [:]
  private var indicesOfSets: [ScalarSet: Int] = [:]

  mutating func index(of scalar: UInt32) throws(Full) -> Int {
    if let index = indicesOfScalars[scalar] { return index }
    let index = try append(ScalarSet([ScalarRange(scalar, scalar)]))
    indicesOfScalars[scalar] = index
    return index
  }

  mutating func index(of set: ScalarSet) throws(Full) -> Int {
    if let scalar = set.onlyScalar { return try index(of: scalar.value) }
    if let index = indicesOfSets[set] { return index }
    let index = try append(set)
    indicesOfSets[set] = index
    return index
  }

  private mutating func append(_ set: ScalarSet) throws(Full) -> Int {
    rangeCount += set.ranges.count
    guard rangeCount <= Limits.patternRanges else { throw Full() }
    sets.append(set)
    return sets.count - 1
  }
}
