/// Scalars that no set of a pattern tells apart are one class, a column of its automaton's tables.
struct ScalarClasses: Sendable {
  /// One more than the last column; the first columns are others than classes.
  let columnCount: Int
  /// The column of each byte that begins a scalar; ``undecided`` where the bytes behind it decide.
  let columnsOfBytes: [UInt16]
  /// Where each stretch of scalars of one class begins, in order, and its column.
  private let starts: [UInt32]
  private let columns: [UInt16]

  /// Columns before those of the classes.
  static let firstColumn = 2
  static let undecided: UInt16 = 0

  /// The classes that `sets` make.
  init(_ sets: [ScalarSet]) {
    var stretches = Self.stretches(sets)
    // The sets end before the last scalar at the latest, or with it.
    while let last = stretches.last, last.start > ScalarSet.last { stretches.removeLast() }
    starts = stretches.map(\.start)
    columns = stretches.map { UInt16($0.group + Self.firstColumn) }
    columnCount = Self.firstColumn + (stretches.map(\.group).max() ?? 0) + 1
    var byteColumns = [UInt16](repeating: Self.undecided, count: 256)
    for (start, column) in zip(starts, columns) where start < 0x80 {
      for byte in Int(start)..<0x80 { byteColumns[byte] = column }
    }
    // Bytes that begin scalars ascend as these do; of others nothing is decided.
    var first = 0
    for byte in 0xC2...0xF4 {
      let range = Self.scalars(beginningWith: UInt32(byte))
      while first + 1 < starts.count, starts[first + 1] <= range.lowerBound { first += 1 }
      var last = first
      var isOne = true
      while last + 1 < starts.count, starts[last + 1] <= range.upperBound, isOne {
        last += 1
        isOne = columns[last] == columns[first]
      }
      byteColumns[byte] = isOne ? columns[first] : Self.undecided
    }
    columnsOfBytes = byteColumns
  }

  /// The column of a scalar.
  func column(_ scalar: UInt32) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= scalar { low = middle } else { high = middle }
    }
    return Int(columns[low])
  }

  /// About how many bytes the tables take.
  var memoryBytes: Int { 512 + 6 * starts.count }

  private static func scalars(beginningWith byte: UInt32) -> ClosedRange<UInt32> {
    if byte < 0xE0 { return (byte & 0x1F) << 6...(byte & 0x1F) << 6 | 0x3F }
    if byte < 0xF0 { return (byte & 0x0F) << 12...(byte & 0x0F) << 12 | 0xFFF }
    return (byte & 0x07) << 18...min((byte & 0x07) << 18 | 0x3FFFF, ScalarSet.last)
  }

  private struct Stretch {
    var start: UInt32
    var group: Int
  }

  /// Cuts all scalars wherever a set begins or ends.
  ///
  /// Stretches that are in the same sets are one group. With more sets than a word has bits only those in no set at
  /// all are found to be: that costs columns, not answers, and keeps the work linear.
  private static func stretches(_ sets: [ScalarSet]) -> [Stretch] {
    var cuts: [(at: UInt32, set: Int, begins: Bool)] = []
    for (index, set) in sets.enumerated() {
      for range in set.ranges {
        cuts.append((range.lower, index, true))
        cuts.append((range.upper + 1, index, false))
      }
    }
    cuts.sort { $0.at < $1.at }
    var groups = Groups(telling: sets.count)
    var stretches = [Stretch(start: 0, group: groups.current())]
    var index = 0
    while index < cuts.count {
      let start = cuts[index].at
      while index < cuts.count, cuts[index].at == start {
        groups.cross(cuts[index].set, begins: cuts[index].begins)
        index += 1
      }
      let group = groups.current()
      if start == 0 {
        stretches[0].group = group
      } else if stretches[stretches.count - 1].group != group {
        stretches.append(Stretch(start: start, group: group))
      }
    }
    return stretches
  }

  /// Numbers for the combinations of sets that occur.
  private struct Groups {
    private let isExact: Bool
    private var members: UInt64 = 0
    private var memberCount = 0
    private var numbers: [UInt64: Int] = [:]
    private var count = 1

    init(telling setCount: Int) { isExact = setCount <= UInt64.bitWidth }

    mutating func cross(_ set: Int, begins: Bool) {
      if isExact { members ^= 1 << UInt64(set) }
      memberCount += begins ? 1 : -1
    }

    /// The number for the sets that the stretch at hand is in; none at all is number 0.
    mutating func current() -> Int {
      if memberCount == 0 { return 0 }
      if isExact, let number = numbers[members] { return number }
      defer { count += 1 }
      if isExact { numbers[members] = count }
      return count
    }
  }
}
