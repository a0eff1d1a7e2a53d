import TestSupport
import Testing

@testable import Filtrex

@Suite struct `Sets of numbers` {
  private var random = SeededGenerator(seed: 31)

  /// Numbers where something happens: at bounds, beside them, and far away.
  private static let numbers: [Double] =
    ShapeModel.numbers + ShapeModel.numbers.map { -$0 } + ShapeModel.numbers.map(\.nextUp)
    + ShapeModel.numbers.map(\.nextDown) + [.infinity, -.infinity, .nan, 4, 6.5, -3]

  private mutating func number() -> Double { Self.numbers.randomElement(using: &random) ?? 0 }

  private mutating func set() -> NumberSet {
    var set = NumberSet(from: 1, to: 0, orNaN: Int.random(in: 0..<4, using: &random) == 0)
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let ends = [number(), number()].filter { !$0.isNaN }.sorted()
      guard let least = ends.first, let greatest = ends.last else { continue }
      set = set.union(
        NumberSet(from: least, to: greatest, isWhole: Bool.random(using: &random)))
    }
    return set
  }

  private func members(of set: NumberSet) -> [Double] { Self.numbers.filter(set.contains) }

  @Test mutating func `hold what is in both, in one of them, and in all but one number`() {
    for _ in 0..<3_000 {
      let (one, other, point) = (set(), set(), number())
      let (both, either) = (one.intersection(other), one.union(other))
      let rest = one.excluding(point)
      for number in Self.numbers {
        let (isInOne, isInOther) = (one.contains(number), other.contains(number))
        let isLost =
          isInOne && isInOther && !both.contains(number)
          || (isInOne || isInOther) && !either.contains(number)
          || isInOne && number != point && !rest.contains(number)
          || isInOne && !number.isNaN && !one.withoutNaN.contains(number)
        if isLost { Issue.record("\(number) of \(one) and \(other)") }
      }
    }
  }

  @Test mutating func `are exact where there is room`() {
    let set = NumberSet(from: 0, to: 10, isWhole: true).excluding(5).excluding(0)
    #expect((0...10).filter { set.contains(Double($0)) } == [1, 2, 3, 4, 6, 7, 8, 9, 10])
    #expect(NumberSet(from: 1, to: 2, isWhole: true).excluding(1).single == 2)
    #expect(NumberSet(from: 0, to: 0).excluding(-0.0).isEmpty)
    #expect(NumberSet(from: 0.2, to: 0.7, isWhole: true).isEmpty)
    #expect(NumberSet(from: 3.0.nextUp, to: 9, isWhole: true).least == 4)
    #expect(NumberSet(.nan).single == nil && !NumberSet(.nan).isEmpty)
  }

  @Test mutating func `hold what is calculated of their members`() {
    typealias Rule = (
      name: String, set: (NumberSet, NumberSet) -> NumberSet, number: (Double, Double) -> Double
    )
    let rules: [Rule] = [
      ("+", { $0.adding($1) }, { $0 + $1 }),
      ("-", { $0.adding($1.negated) }, { $0 - $1 }),
      ("*", { $0.multiplying($1) }, { $0 * $1 }),
      ("/", { $0.dividing(by: $1) }, { $0 / $1 }),
      ("mod", { $0.modulo($1) }, { Arithmetic.modulo($0, $1) }),
      ("abs", { left, _ in left.magnitudes }, { left, _ in left.magnitude }),
      (
        "round", { left, _ in left.mapped(isWhole: true, Arithmetic.round) },
        { left, _ in Arithmetic.round(left) }
      ),
    ]
    var narrow = 0
    for _ in 0..<1_500 {
      let (left, right) = (set(), set())
      for rule in rules {
        let result = rule.set(left, right)
        if result != .all { narrow += 1 }
        for one in members(of: left) {
          for other in members(of: right).prefix(12) {
            let number = rule.number(one, other)
            if !result.contains(number) {
              Issue.record("\(one) \(rule.name) \(other) is \(number), which is not in \(result)")
            }
          }
        }
      }
    }
    #expect(narrow > 3_000)
  }
}

@Suite struct `Sets of texts` {
  @Test func `hold what is in both, in one of them, and in all but one text`() {
    var random = SeededGenerator(seed: 32)
    let texts = ShapeModel.texts + ["é", "e\u{301}", "\u{1F600}"]
    func set() -> TextSet {
      var set =
        Bool.random(using: &random)
        ? TextSet(
          (0..<Int.random(in: 0...4, using: &random)).map { _ in
            texts.randomElement(using: &random) ?? ""
          }) : TextSet(lengths: Int.random(in: 0...2, using: &random)...7)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        set = set.excluding(texts.randomElement(using: &random) ?? "")
      }
      return set
    }
    for _ in 0..<3_000 {
      let (one, other) = (set(), set())
      let point = texts.randomElement(using: &random) ?? ""
      for text in texts {
        let (isInOne, isInOther) = (one.contains(text), other.contains(text))
        let isPoint = text.utf8.elementsEqual(point.utf8)
        let isRight =
          one.intersection(other).contains(text) == (isInOne && isInOther)
          && (!(isInOne || isInOther) || one.union(other).contains(text))
          && one.excluding(point).contains(text) == (isInOne && !isPoint)
        if !isRight { Issue.record("\(text) of \(one) and \(other)") }
      }
    }
  }

  @Test func `tell a composed and a decomposed letter apart`() {
    #expect(TextSet(["é", "e\u{301}"]).values?.count == 2)
    #expect(!TextSet(["é"]).contains("e\u{301}"))
  }

  @Test func `grow no further than there is room`() {
    let many = TextSet((0..<1_000).map { "text \($0)" })
    #expect(many.values == nil && many.contains("text 500") && many.contains("any text"))
    let open = (0..<1_000).reduce(TextSet.all) { $0.excluding("text \($1)") }
    #expect(open.excluded.count == Limits.checkedConstants)
    let numbers = (0..<1_000).reduce(NumberSet.all) { $0.excluding(Double($1)) }
    #expect(numbers.spans.count == Limits.checkedConstants && numbers.contains(900))
  }
}

@Suite struct `Shapes of values` {
  @Test func `hold what is in both, in one of them, and what counts as a wanted kind`() {
    var random = SeededGenerator(seed: 33)
    for _ in 0..<2_000 {
      let (one, other) = (ShapeModel.plain(&random), ShapeModel.plain(&random))
      let either = one.shape.union(other.shape)
      for _ in 0..<4 {
        let (left, right) = (one.sample(&random), other.sample(&random))
        #expect(one.shape.admits(left), "\(left)")
        #expect(either.admits(left) && either.admits(right))
        if other.shape.admits(left) { #expect(one.shape.intersection(other.shape).admits(left)) }
        guard case .list(let elements) = left, elements.count == 1 else { continue }
        #expect(one.shape.unwrapped.admits(elements[0]), "\(left)")
        if case .number = elements[0] {
          #expect(one.shape.narrowed(to: .number).admits(left), "\(left)")
        }
      }
    }
  }

  @Test(arguments: [
    (ValueShape.number(NumberSet(from: 0, to: 50, isWhole: true)), "a whole number from 0 to 50"),
    (.number(NumberSet(from: 3.0.nextUp, to: .infinity)), "a number above 3"),
    (.number(NumberSet(from: 1, to: 5.0.nextDown)), "a number from 1 up and below 5"),
    (.number(NumberSet(1).union(NumberSet(3))), "1 or 3"),
    (.text(TextSet(["Gold", "Silver"])), "\"Gold\" or \"Silver\""),
    (.text(TextSet(lengths: 1...20)), "a text of 1 to 20 characters"),
    (ValueShape(kinds: [.number, .null]), "a number or null"),
    (ValueShape(kinds: .value), "a number, a text, a logical, a list, an object or null"),
  ])
  func `are told in words`(shape: ValueShape, words: String) {
    #expect(ShapeText.text(shape) == words)
  }
}
