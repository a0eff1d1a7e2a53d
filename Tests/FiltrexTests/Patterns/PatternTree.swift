/// A pattern as it was meant, and the plainest way to match it.
///
/// Places are those between UTF-16's units, as V8 has them: one that lies inside a scalar takes no scalar, but a match
/// may begin there.
indirect enum PatternTree {
  case nothing
  case scalar(String, @Sendable (UInt32) -> Bool)
  case place(String, @Sendable (UTF16Place) -> Bool)
  case sequence([PatternTree])
  case choice([PatternTree])
  case repetition(PatternTree, String, least: Int, most: Int?)
  case group(String, PatternTree)

  /// JavaScript's text for it.
  var text: String {
    switch self {
    case .nothing: ""
    case .scalar(let text, _), .place(let text, _): text
    case .sequence(let parts): parts.map(\.text).joined()
    case .choice(let branches): branches.map(\.text).joined(separator: "|")
    case .repetition(let tree, let quantifier, _, _): tree.text + quantifier
    case .group(let opening, let tree): opening + tree.text + ")"
    }
  }

  /// Whether the text has a match anywhere.
  func matches(_ text: String) -> Bool {
    let units = Array(text.utf16)
    return units.indices.contains { !ends(from: [$0], in: units).isEmpty }
      || !ends(from: [units.count], in: units).isEmpty
  }

  /// Where it can end when it begins at one of `starts`.
  private func ends(from starts: Set<Int>, in units: [UInt16]) -> Set<Int> {
    switch self {
    case .nothing: return starts
    case .scalar(_, let holds):
      return Set(
        starts.compactMap { start in
          let place = UTF16Place(units: units, index: start)
          return place.next.flatMap { holds($0) ? start + ($0 > 0xFFFF ? 2 : 1) : nil }
        })
    case .place(_, let holds):
      return starts.filter { holds(UTF16Place(units: units, index: $0)) }
    case .sequence(let parts):
      return parts.reduce(starts) { $1.ends(from: $0, in: units) }
    case .choice(let branches):
      return branches.reduce(into: []) { $0.formUnion($1.ends(from: starts, in: units)) }
    case .group(_, let tree): return tree.ends(from: starts, in: units)
    case .repetition(let tree, _, let least, let most):
      var reached = starts
      for _ in 0..<least { reached = tree.ends(from: reached, in: units) }
      var all = reached
      var count = least
      while count < most ?? .max, !reached.isEmpty {
        reached = tree.ends(from: reached, in: units).subtracting(all)
        all.formUnion(reached)
        count += 1
      }
      return all
    }
  }
}

/// A place of a text between two of UTF-16's units.
struct UTF16Place {
  var units: [UInt16]
  var index: Int

  /// The scalar that begins here; none inside one, and none at the end.
  var next: UInt32? {
    guard index < units.count, !UTF16.isTrailSurrogate(units[index]) else { return nil }
    guard UTF16.isLeadSurrogate(units[index]) else { return UInt32(units[index]) }
    return 0x10000 + UInt32(units[index] & 0x3FF) << 10 + UInt32(units[index + 1] & 0x3FF)
  }

  var isAtStart: Bool { index == 0 }
  var isAtEnd: Bool { index == units.count }

  /// Whether one side is a letter, digit or underscore of ASCII, and the other is not.
  var isWordBoundary: Bool {
    func isOfWord(_ index: Int) -> Bool {
      units.indices.contains(index) && PatternGenerator.isOfWord(UInt32(units[index]))
    }
    return isOfWord(index - 1) != isOfWord(index)
  }
}
