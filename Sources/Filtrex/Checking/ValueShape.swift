/// What is known of a value before there is one: which kinds it can be of, and which values of each kind.
///
/// A shape stands for a set of values. Every operation may give too large a set and never too small a one, so that
/// what no value of the shape can do is what no value can do.
package struct ValueShape: Sendable {
  package var kinds: KindSet
  /// Which numbers, if it may be a number; `nil` is any, NaN too.
  package var numbers: NumberSet?
  /// Which texts, if it may be a text; `nil` is any.
  package var texts: TextSet?
  /// Which lists, if it may be a list; `nil` is any.
  package var list: ListShape?
  /// Which objects, if it may be an object; `nil` is any.
  package var object: ObjectShape?

  package init(
    kinds: KindSet, numbers: NumberSet? = nil, texts: TextSet? = nil, list: ListShape? = nil,
    object: ObjectShape? = nil
  ) {
    self.kinds = kinds
    self.numbers = numbers
    self.texts = texts
    self.list = list
    self.object = object
    if kinds.contains(.number), numbers?.isEmpty ?? false { self.kinds.remove(.number) }
    if kinds.contains(.text), texts?.isEmpty ?? false { self.kinds.remove(.text) }
  }

  /// Any value.
  package static let anything = ValueShape(kinds: .value)
  /// No value at all.
  package static let nothing = ValueShape(kinds: [])
  static let missing = ValueShape(kinds: .missing)
  static let logical = ValueShape(kinds: .logical)
  static let number = ValueShape(kinds: .number)
  static let text = ValueShape(kinds: .text)

  package static func number(_ numbers: NumberSet) -> ValueShape {
    ValueShape(kinds: .number, numbers: numbers)
  }
  package static func text(_ texts: TextSet) -> ValueShape {
    ValueShape(kinds: .text, texts: texts)
  }
  package static func logical(_ logical: Bool) -> ValueShape {
    ValueShape(kinds: logical ? .isTrue : .isFalse)
  }
  package static func list(of element: ValueShape, counts: ClosedRange<Int>) -> ValueShape {
    ValueShape(kinds: .list, list: ListShape(element: element, counts: counts))
  }

  /// Whether there is no such value.
  package var isEmpty: Bool { kinds.isEmpty }
  var anyNumbers: NumberSet { kinds.contains(.number) ? numbers ?? .all : .init(from: 1, to: 0) }
  var anyTexts: TextSet { texts ?? .all }
  var anyList: ListShape { list ?? .any }

  func keeping(_ kinds: KindSet) -> ValueShape {
    var kept = self
    kept.kinds.formIntersection(kinds)
    return kept
  }

  func adding(_ kinds: KindSet) -> ValueShape {
    var more = self
    more.kinds.formUnion(kinds)
    return more
  }

  // MARK: - Sets

  /// The values that are in both.
  package func intersection(_ other: ValueShape) -> ValueShape {
    var both = ValueShape(kinds: kinds.intersection(other.kinds))
    if both.kinds.contains(.number) {
      both.numbers = Self.both(numbers, other.numbers) { $0.intersection($1) }
      if both.numbers?.isEmpty ?? false { both.kinds.remove(.number) }
    }
    if both.kinds.contains(.text) {
      both.texts = Self.both(texts, other.texts) { $0.intersection($1) }
      if both.texts?.isEmpty ?? false { both.kinds.remove(.text) }
    }
    if both.kinds.contains(.list) {
      both.list = list
      if let list, let otherList = other.list {
        if let common = list.intersection(otherList) {
          both.list = common
        } else {
          both.kinds.remove(.list)
        }
      } else if list == nil {
        both.list = other.list
      }
    }
    if both.kinds.contains(.object) {
      // Of two that differ nothing is said: a property that one lacks may be the other's.
      both.object = Self.both(object, other.object) { $0 === $1 ? $0 : .any }
    }
    return both
  }

  /// The values that are in one of the two.
  package func union(_ other: ValueShape) -> ValueShape {
    if isEmpty { return other }
    if other.isEmpty { return self }
    var one = ValueShape(kinds: kinds.union(other.kinds))
    one.numbers = either(other, .number, numbers, other.numbers) { $0.union($1) }
    one.texts = either(other, .text, texts, other.texts) { $0.union($1) }
    one.list = either(other, .list, list, other.list) { $0.union($1) }
    one.object = either(other, .object, object, other.object) { $0 === $1 ? $0 : .any }
    return one
  }

  private static func both<Part>(
    _ left: Part?, _ right: Part?, _ body: (Part, Part) -> Part
  ) -> Part? {
    guard let left, let right else { return left ?? right }
    return body(left, right)
  }

  private func either<Part>(
    _ other: ValueShape, _ kind: KindSet, _ left: Part?, _ right: Part?,
    _ body: (Part, Part) -> Part
  ) -> Part? {
    guard kinds.contains(kind) else { return right }
    guard other.kinds.contains(kind) else { return left }
    guard let left, let right else { return nil }
    return body(left, right)
  }

  // MARK: - Lists of one

  /// The value where a number, text or logical is wanted: a list of one element counts as that element.
  var unwrapped: ValueShape {
    guard kinds.contains(.list), anyList.counts.contains(1) else { return self }
    var rest = self
    if anyList.counts == 1...1 { rest.kinds.remove(.list) }
    return rest.union(anyList.element)
  }

  /// The values whose ``unwrapped`` form is in `wanted`, which holds no list.
  func narrowed(to wanted: ValueShape) -> ValueShape {
    var narrowed = intersection(wanted)
    guard kinds.contains(.list), anyList.counts.contains(1) else { return narrowed }
    let element = anyList.element.intersection(wanted)
    if !element.isEmpty {
      narrowed.kinds.insert(.list)
      narrowed.list = ListShape(element: element, counts: 1...1)
    }
    return narrowed
  }

  // MARK: - Single values

  /// The only value of the shape, if it is a null, logical, number or text.
  var single: Value? {
    switch kinds {
    case .null: .null
    case .isTrue: .logical(true)
    case .isFalse: .logical(false)
    case .number: numbers?.single.map { .number($0) }
    case .text: texts?.single.map { .text($0) }
    default: nil
    }
  }

  /// All values but one; those that are like it only in a list stay.
  func excluding(_ value: Value) -> ValueShape {
    var rest = self
    switch value {
    case .null: rest.kinds.remove(.null)
    case .logical(let logical): rest.kinds.remove(logical ? .isTrue : .isFalse)
    case .number(let number):
      guard kinds.contains(.number) else { return self }
      rest.numbers = anyNumbers.excluding(number)
      if rest.numbers?.isEmpty ?? false { rest.kinds.remove(.number) }
    case .text(let text):
      guard kinds.contains(.text) else { return self }
      rest.texts = anyTexts.excluding(text)
      if rest.texts?.isEmpty ?? false { rest.kinds.remove(.text) }
    case .list, .object: break
    }
    return rest
  }

  /// Whether the two are known to be the same set, which is not looked for far.
  func isSame(as other: ValueShape) -> Bool {
    kinds == other.kinds && numbers == other.numbers && texts == other.texts && list === other.list
      && object === other.object
  }
}

/// What is known of a list: how many elements, and what each of them is.
package final class ListShape: Sendable {
  package let element: ValueShape
  package let counts: ClosedRange<Int>

  package init(element: ValueShape, counts: ClosedRange<Int>) {
    // Without anything that could be an element there is only the empty list.
    self.element = element
    self.counts = counts
  }

  static let any = ListShape(element: .anything, counts: 0...Int.max)

  /// The lists that are in both, or `nil` where there is none.
  func intersection(_ other: ListShape) -> ListShape? {
    if self === other { return self }
    let least = max(counts.lowerBound, other.counts.lowerBound)
    let greatest = min(counts.upperBound, other.counts.upperBound)
    guard least <= greatest else { return nil }
    let element = element.intersection(other.element)
    guard element.isEmpty else { return ListShape(element: element, counts: least...greatest) }
    return least == 0 ? ListShape(element: .nothing, counts: 0...0) : nil
  }

  func union(_ other: ListShape) -> ListShape {
    if self === other { return self }
    return ListShape(
      element: element.union(other.element),
      counts: min(
        counts.lowerBound, other.counts.lowerBound)...max(
          counts.upperBound, other.counts.upperBound))
  }
}
