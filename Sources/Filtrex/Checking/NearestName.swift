/// Finds the name an author probably meant.
package enum NearestName {
  /// The name of `names` that is fewest edits away, if that is few enough to be a slip.
  package static func nearest(to name: String, in names: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8.prefix(64))
    var best: (name: String, edits: Int)?
    for candidate in names {
      let bytes = candidate.utf8.prefix(64)
      let allowed = max(1, min(wanted.count, candidate.utf8.count) / 3)
      // As many edits as the lengths differ by are needed anyway; a text of mistakes is looked through
      // fast.
      guard abs(wanted.count - bytes.count) <= allowed else { continue }
      let edits = distance(wanted, Array(bytes))
      guard edits <= allowed, edits < best?.edits ?? .max else { continue }
      best = (candidate, edits)
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and exchanges of neighbours; letter case counts for nothing.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    func folded(_ byte: UInt8) -> UInt8 {
      byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
    var before = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1] + [Int](repeating: 0, count: right.count)
      for column in right.indices {
        let isSame = folded(left[row]) == folded(right[column])
        var edits = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, folded(left[row]) == folded(right[column - 1]),
          folded(left[row - 1]) == folded(right[column])
        {
          edits = min(edits, before[column - 1] + 1)
        }
        current[column + 1] = edits
      }
      before = last
      last = current
    }
    return last[right.count]
  }
}
