/// The sets of a pattern in the form in which one scalar is tested.
struct ScalarTests: Sendable {
  private struct Entry: BitwiseCopyable {
    /// ASCII, a bit each.
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// The ranges beyond ASCII.
    var firstRange: UInt32 = 0
    var rangeCount: UInt32 = 0
  }

  private var entries: [Entry] = []
  private var ranges: [ScalarRange] = []

  init(_ sets: [ScalarSet]) {
    entries.reserveCapacity(sets.count)
    for set in sets {
      var entry = Entry()
      entry.firstRange = UInt32(ranges.count)
      for range in set.ranges {
        for scalar in range.lower..<max(range.lower, min(range.upper + 1, 0x80)) {
          if scalar < 64 { entry.low |= 1 << scalar } else { entry.high |= 1 << (scalar - 64) }
        }
        if range.upper >= 0x80 { ranges.append(ScalarRange(max(range.lower, 0x80), range.upper)) }
      }
      entry.rangeCount = UInt32(ranges.count) - entry.firstRange
      entries.append(entry)
    }
  }

  var count: Int { entries.count }

  /// About how many bytes the tests take.
  var memoryBytes: Int {
    entries.count * MemoryLayout<Entry>.stride + ranges.count * MemoryLayout<ScalarRange>.stride
  }

  /// Whether an ASCII scalar is in a set.
  @inline(__always)
  func holds(ascii scalar: UInt32, set: UInt16) -> Bool {
    // Safe: states name only sets of their own pattern.
    let entry = unsafe entries.span[unchecked: Int(set)]
    return (scalar < 64 ? entry.low : entry.high) >> UInt64(scalar & 63) & 1 != 0
  }

  /// Whether a scalar beyond ASCII is in a set.
  func holds(beyondASCII scalar: UInt32, set: UInt16) -> Bool {
    let entry = entries[Int(set)]
    var low = Int(entry.firstRange)
    var high = low + Int(entry.rangeCount)
    while low < high {
      let middle = (low + high) / 2
      let range = ranges[middle]
      if scalar < range.lower {
        high = middle
      } else if scalar > range.upper {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }
}
