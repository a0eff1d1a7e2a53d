/// Distinct texts in the order of their bytes; shared, since sets of texts are copied at every step of a check.
final class TextList: Sendable {
  private struct Entry {
    /// The first eight bytes, which decide nearly always.
    var head: UInt64
    var byteCount: Int
    var text: String

    init(_ text: String) {
      self.text = text
      byteCount = text.utf8.count
      head = 0
      var shift: UInt64 = 64
      for byte in text.utf8.prefix(8) {
        shift -= 8
        head |= UInt64(byte) << shift
      }
    }

    /// Below zero, zero or above, as this comes before, with or after the other.
    func order(_ other: Entry) -> Int {
      if head != other.head { return head < other.head ? -1 : 1 }
      if byteCount <= 8, other.byteCount <= 8 { return byteCount - other.byteCount }
      if text.utf8.lexicographicallyPrecedes(other.text.utf8) { return -1 }
      return text.utf8.elementsEqual(other.text.utf8) ? 0 : 1
    }
  }

  private let entries: [Entry]

  private init(_ entries: [Entry]) { self.entries = entries }

  static let empty = TextList([])

  convenience init(_ texts: some Sequence<String>) {
    var distinct: [Entry] = []
    for entry in texts.map(Entry.init).sorted(by: { $0.order($1) < 0 })
    where distinct.last?.order(entry) != 0 { distinct.append(entry) }
    self.init(distinct)
  }

  var count: Int { entries.count }
  var first: String? { entries.first?.text }
  var texts: [String] { entries.map(\.text) }

  /// Whether a text is there, and where it would be.
  private func place(of entry: Entry) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].order(entry) < 0 { low = middle + 1 } else { high = middle }
    }
    return (low, low < entries.count && entries[low].order(entry) == 0)
  }

  func contains(_ text: String) -> Bool { place(of: Entry(text)).isThere }

  func filter(_ isIncluded: (String) -> Bool) -> TextList {
    let rest = entries.filter { isIncluded($0.text) }
    return rest.count == entries.count ? self : TextList(rest)
  }

  func adding(_ text: String) -> TextList {
    let entry = Entry(text)
    let (index, isThere) = place(of: entry)
    guard !isThere else { return self }
    var more = entries
    more.insert(entry, at: index)
    return TextList(more)
  }

  func removing(_ text: String) -> TextList {
    let (index, isThere) = place(of: Entry(text))
    guard isThere else { return self }
    var fewer = entries
    fewer.remove(at: index)
    return TextList(fewer)
  }

  /// The texts of both, in one pass.
  func merged(with other: TextList) -> TextList {
    if self === other || other.count == 0 { return self }
    if count == 0 { return other }
    var merged: [Entry] = []
    merged.reserveCapacity(count + other.count)
    var (left, right) = (0, 0)
    while left < count, right < other.count {
      let order = entries[left].order(other.entries[right])
      merged.append(order <= 0 ? entries[left] : other.entries[right])
      if order <= 0 { left += 1 }
      if order >= 0 { right += 1 }
    }
    merged.append(contentsOf: entries[left...])
    merged.append(contentsOf: other.entries[right...])
    return merged.count == count ? self : TextList(merged)
  }

  /// The texts that are in both, in one pass.
  func common(with other: TextList) -> TextList {
    if self === other { return self }
    var common: [Entry] = []
    var (left, right) = (0, 0)
    while left < count, right < other.count {
      let order = entries[left].order(other.entries[right])
      if order == 0 { common.append(entries[left]) }
      if order <= 0 { left += 1 }
      if order >= 0 { right += 1 }
    }
    return common.count == count ? self : common.count == other.count ? other : TextList(common)
  }

  /// No more than the first so many.
  func shortened(to limit: Int) -> TextList {
    count <= limit ? self : TextList(Array(entries.prefix(limit)))
  }

  func isSame(as other: TextList) -> Bool {
    if self === other { return true }
    return count == other.count && zip(entries, other.entries).allSatisfy { $0.order($1) == 0 }
  }
}
