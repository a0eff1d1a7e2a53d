/// Finds a text in another in time linear in both, whatever they are, without allocating.
///
/// - Source: M. Crochemore and D. Perrin, "Two-way string-matching", Journal of the ACM 38 (1991).
enum TextSearch {
  static func contains(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
    guard part.count <= text.count else { return false }
    guard part.count > 1 else { return part.isEmpty || containsByte(text, part[0]) }
    let forward = maximalSuffix(part, reversed: false)
    let backward = maximalSuffix(part, reversed: true)
    let (start, period) = forward.start > backward.start ? forward : backward
    let isPeriodic =
      ByteOrder.equal(
        part.extracting(0..<start), part.extracting(clamped(period, start, part.count)))
    return isPeriodic
      ? findPeriodic(text, part, start, period)
      : find(text, part, start, max(start, part.count - start) + 1)
  }

  private static func clamped(_ period: Int, _ start: Int, _ count: Int) -> Range<Int> {
    period..<max(period, min(period + start, count))
  }

  private static func containsByte(_ text: Span<UInt8>, _ byte: UInt8) -> Bool {
    for index in text.indices where text[index] == byte { return true }
    return false
  }

  /// Where the greatest suffix begins in one of the two orders of bytes, and its period.
  private static func maximalSuffix(
    _ part: Span<UInt8>, reversed: Bool
  ) -> (start: Int, period: Int) {
    var start = -1
    var candidate = 0
    var offset = 1
    var period = 1
    while candidate + offset < part.count {
      let one = part[candidate + offset]
      let other = part[start + offset]
      if one == other {
        if offset == period {
          candidate += period
          offset = 1
        } else {
          offset += 1
        }
      } else if reversed ? one > other : one < other {
        candidate += offset
        offset = 1
        period = candidate - start
      } else {
        start = candidate
        candidate = start + 1
        offset = 1
        period = 1
      }
    }
    return (start + 1, period)
  }

  /// The part repeats itself: what is known to match after a shift is not compared again.
  private static func findPeriodic(
    _ text: Span<UInt8>, _ part: Span<UInt8>, _ start: Int, _ period: Int
  ) -> Bool {
    var position = 0
    var known = 0
    while position + part.count <= text.count {
      var index = max(start, known)
      while index < part.count, part[index] == text[position + index] { index += 1 }
      if index < part.count {
        position += index - start + 1
        known = 0
        continue
      }
      index = start
      while index > known, part[index - 1] == text[position + index - 1] { index -= 1 }
      if index <= known { return true }
      position += period
      known = part.count - period
    }
    return false
  }

  private static func find(
    _ text: Span<UInt8>, _ part: Span<UInt8>, _ start: Int, _ shift: Int
  ) -> Bool {
    var position = 0
    while position + part.count <= text.count {
      var index = start
      while index < part.count, part[index] == text[position + index] { index += 1 }
      if index < part.count {
        position += index - start + 1
        continue
      }
      index = start
      while index > 0, part[index - 1] == text[position + index - 1] { index -= 1 }
      if index == 0 { return true }
      position += shift
    }
    return false
  }
}
