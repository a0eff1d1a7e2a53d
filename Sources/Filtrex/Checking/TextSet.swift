/// A set of texts: a few by name, or all but a few; and how long they are.
///
/// Texts are told apart by their bytes. Every operation may give too large a set and never too small a one.
package struct TextSet: Sendable {
  /// The texts in it, at most ``Limits/checkedTexts``; `nil` is any text.
  private(set) var values: TextList?
  /// Texts that are not in it, where ``values`` is `nil`; at most ``Limits/checkedConstants``.
  private(set) var excluded = TextList.empty
  /// Unicode scalars of each text, where ``values`` is `nil`.
  private var lengths: ClosedRange<Int>

  /// Every text that there is.
  static let all = TextSet(lengths: 0...Int.max)
  static let none = TextSet(TextList.empty)

  /// All texts of so many Unicode scalars.
  package init(lengths: ClosedRange<Int>) {
    values = nil
    self.lengths = lengths
  }

  /// These texts; if they are too many, all that are as long as one of them.
  package init(_ texts: some Sequence<String>) { self.init(TextList(texts)) }

  private init(_ texts: TextList) {
    values = texts.count <= Limits.checkedTexts ? texts : nil
    lengths = values == nil ? Self.scalarCounts(texts) : 0...Int.max
  }

  package var isEmpty: Bool { values?.count == 0 }
  /// The only text in it.
  var single: String? { values?.count == 1 ? values?.first : nil }

  /// How many Unicode scalars a text in it can have.
  var scalarCounts: ClosedRange<Int> { values.map(Self.scalarCounts) ?? lengths }

  private static func scalarCounts(_ list: TextList) -> ClosedRange<Int> {
    let counts = list.texts.map(\.unicodeScalars.count)
    return (counts.min() ?? 0)...(counts.max() ?? 0)
  }

  func contains(_ text: String) -> Bool {
    if let values { return values.contains(text) }
    return lengths.contains(text.unicodeScalars.count) && !excluded.contains(text)
  }

  // MARK: - Sets

  package func intersection(_ other: TextSet) -> TextSet {
    if let values, let others = other.values { return TextSet(values.common(with: others)) }
    if let values { return TextSet(values.filter(other.contains)) }
    if let values = other.values { return TextSet(values.filter(contains)) }
    let least = max(lengths.lowerBound, other.lengths.lowerBound)
    let greatest = min(lengths.upperBound, other.lengths.upperBound)
    guard least <= greatest else { return .none }
    var both = TextSet(lengths: least...greatest)
    both.excluded = excluded.merged(with: other.excluded).shortened(to: Limits.checkedConstants)
    return both
  }

  package func union(_ other: TextSet) -> TextSet {
    if isEmpty { return other }
    if other.isEmpty { return self }
    if let values, let others = other.values { return TextSet(values.merged(with: others)) }
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
    if let values { return TextSet(values.removing(text)) }
    var rest = self
    if text.isEmpty, lengths.lowerBound == 0 {
      guard lengths.upperBound > 0 else { return .none }
      rest.lengths = 1...lengths.upperBound
    } else if excluded.count < Limits.checkedConstants, contains(text) {
      rest.excluded = excluded.adding(text)
    }
    return rest
  }
}

extension TextSet: Equatable {
  package static func == (left: TextSet, right: TextSet) -> Bool {
    switch (left.values, right.values) {
    case (let left?, let right?): left.isSame(as: right)
    case (nil, nil): left.lengths == right.lengths && left.excluded.isSame(as: right.excluded)
    default: false
    }
  }
}
