/// A set of texts: a few by name, or all but a few; and how long they are.
///
/// Texts are told apart by their bytes. Every operation may give too large a set and never too small a one.
package struct TextSet: Sendable {
  /// The texts in it, sorted by their bytes, at most ``Limits/checkedTexts``; `nil` is any text.
  private(set) var values: [String]?
  /// Texts that are not in it, where ``values`` is `nil`.
  private(set) var excluded: [String] = []
  /// Unicode scalars of each text, where ``values`` is `nil`.
  private var lengths: ClosedRange<Int>

  /// Every text that there is.
  static let all = TextSet(lengths: 0...Int.max)

  /// All texts of so many Unicode scalars.
  package init(lengths: ClosedRange<Int>) {
    values = nil
    self.lengths = lengths
  }

  /// These texts; if they are too many, all that are as long as one of them.
  package init(_ texts: some Sequence<String>) {
    let sorted = texts.sorted(by: Self.precedes)
    var distinct: [String] = []
    for text in sorted where distinct.last.map({ Self.precedes($0, text) }) ?? true {
      distinct.append(text)
    }
    self.init(sorted: distinct)
  }

  private init(sorted texts: [String]) {
    values = texts.count <= Limits.checkedTexts ? texts : nil
    lengths = 0...Int.max
    guard values == nil else { return }
    let counts = texts.lazy.map(\.unicodeScalars.count)
    lengths = (counts.min() ?? 0)...(counts.max() ?? 0)
  }

  package var isEmpty: Bool { values?.isEmpty ?? false }
  /// The only text in it.
  var single: String? { values?.count == 1 ? values?.first : nil }

  /// How many Unicode scalars a text in it can have.
  var scalarCounts: ClosedRange<Int> {
    guard let values else { return lengths }
    let counts = values.lazy.map(\.unicodeScalars.count)
    return (counts.min() ?? 0)...(counts.max() ?? 0)
  }

  func contains(_ text: String) -> Bool {
    if let values { return Self.find(text, in: values) }
    return lengths.contains(text.unicodeScalars.count) && !Self.find(text, in: excluded)
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func find(_ text: String, in sorted: [String]) -> Bool {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if precedes(sorted[middle], text) { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low].utf8.elementsEqual(text.utf8)
  }

  // MARK: - Sets

  package func intersection(_ other: TextSet) -> TextSet {
    if let values, values.count <= other.values?.count ?? .max {
      return TextSet(sorted: values.filter(other.contains))
    }
    if let values = other.values { return TextSet(sorted: values.filter(contains)) }
    let least = max(lengths.lowerBound, other.lengths.lowerBound)
    let greatest = min(lengths.upperBound, other.lengths.upperBound)
    guard least <= greatest else { return TextSet([]) }
    // What the longer list excludes is kept, whatever else there is no room for.
    return (excluded + other.excluded).reduce(TextSet(lengths: least...greatest)) {
      $0.excluding($1)
    }
  }

  package func union(_ other: TextSet) -> TextSet {
    if isEmpty { return other }
    if other.isEmpty { return self }
    if let values, let others = other.values { return TextSet(values + others) }
    let (mine, others) = (scalarCounts, other.scalarCounts)
    var all = TextSet(
      lengths: min(mine.lowerBound, others.lowerBound)...max(mine.upperBound, others.upperBound))
    all.excluded = (values == nil ? excluded : other.excluded).filter {
      !contains($0) && !other.contains($0)
    }
    return all
  }

  /// All but one text, as far as there is room to remember it.
  func excluding(_ text: String) -> TextSet {
    var rest = self
    if let values {
      return TextSet(sorted: values.filter { !$0.utf8.elementsEqual(text.utf8) })
    }
    if text.isEmpty, lengths.lowerBound == 0 {
      guard lengths.upperBound > 0 else { return TextSet([]) }
      rest.lengths = 1...lengths.upperBound
      return rest
    }
    guard contains(text), excluded.count < Limits.checkedConstants else { return self }
    let place = excluded.firstIndex { Self.precedes(text, $0) } ?? excluded.count
    rest.excluded.insert(text, at: place)
    return rest
  }
}

extension TextSet: Equatable {
  package static func == (left: TextSet, right: TextSet) -> Bool {
    func isSame(_ left: [String], _ right: [String]) -> Bool {
      left.count == right.count && zip(left, right).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
    switch (left.values, right.values) {
    case (let left?, let right?): return isSame(left, right)
    case (nil, nil): return left.lengths == right.lengths && isSame(left.excluded, right.excluded)
    default: return false
    }
  }
}
