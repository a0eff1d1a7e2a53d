/// The registers of the walk from row to row of a cache.
struct RowWalk {
  enum Stop {
    case matched
    case failed
    case outOfFuel
    /// A column of the row that has not been filled in; the step is not taken yet.
    case unknown(column: Int)
  }

  var row: Int
  var position: Int
  var shares: Int

  // INVARIANT: `row` and every entry that is a row's begin a whole row of `rows`, `columns` has an entry for every
  // byte, and every column lies inside a row; ``PatternCache`` and ``ScalarClasses`` make them so.
  @inline(__always)
  mutating func run(
    rows: Span<UInt16>, columns: Span<UInt16>, _ text: Span<UInt8>, _ classes: ScalarClasses
  ) -> Stop {
    while shares > 0 {
      var column = PatternCache.endColumn
      var length = 0
      if position < text.count {
        // Safe: the position is below the count.
        let byte = unsafe text[unchecked: position]
        // Safe: there is a column for every byte.
        column = unsafe Int(columns[unchecked: Int(byte)])
        length = 1
        if byte >= 0x80 { (column, length) = Self.column(column, at: position, text, classes) }
      }
      // Safe: a row and a column of it.
      let target = unsafe rows[unchecked: row + column]
      if target == PatternCache.unknown { return .unknown(column: column) }
      // Safe: a row and its first column.
      shares -= unsafe Int(rows[unchecked: row + PatternCache.costColumn])
      if target >= PatternCache.failed {
        return target == PatternCache.matched ? .matched : .failed
      }
      position += length
      row = Int(target)
    }
    return .outOfFuel
  }

  /// The column of a scalar beyond ASCII, where its first byte may not tell, and its bytes.
  @inline(never)
  private static func column(
    _ known: Int, at position: Int, _ text: Span<UInt8>, _ classes: ScalarClasses
  ) -> (Int, Int) {
    let (scalar, length) = UTF8Text.scalar(at: position, in: text)
    return (known == Int(ScalarClasses.undecided) ? classes.column(scalar) : known, length)
  }
}
