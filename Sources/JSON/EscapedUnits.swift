/// Which of eight units of a text do not stand for themselves: quotes, backslashes and control characters.
enum EscapedUnits {
  /// Marks them, each in the highest bit of its byte.
  ///
  /// The lowest mark is always right. One above another may be that of a unit which stands for itself: taking away from a
  /// smaller byte borrows from the next.
  static func marks(_ word: UInt64) -> UInt64 {
    let ones = 0x0101_0101_0101_0101 as UInt64
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let marks =
      (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes
      | (backslashes &- ones) & ~backslashes
    return marks & (ones << 7)
  }
}
