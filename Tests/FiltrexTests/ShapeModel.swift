import TestSupport

@testable import Filtrex
@testable import OracleSupport

/// A random shape, and values that it admits, the ones at its edges more often than others.
struct ShapeModel: Sendable {
  var shape: ValueShape
  var sample: @Sendable (inout SeededGenerator) -> Value

  static let numbers: [Double] = [
    0, -0.0, 1, 2.5, 3, 5, 7, -1, 100, 1e21, -0.5, 0.49999999999999994,
    Double(sign: .plus, exponent: 52, significand: 1), .leastNonzeroMagnitude,
    .greatestFiniteMagnitude,
  ]
  static let texts = ["Gold", "Silver", "Bronze", "a", "", "Málaga", "7", "Ma\u{301}laga"]

  // MARK: - Numbers

  private static func number(_ random: inout SeededGenerator) -> Double {
    numbers.randomElement(using: &random) ?? 0
  }

  /// A span of numbers: both ends, their neighbours, and what lies between.
  static func span(_ random: inout SeededGenerator) -> ShapeModel {
    var ends = [number(&random), number(&random)].sorted()
    // An end that is left out is its neighbour.
    if Bool.random(using: &random), ends[0] < ends[1] { ends[0] = ends[0].nextUp }
    if Bool.random(using: &random), ends[0] < ends[1] { ends[1] = ends[1].nextDown }
    let isWhole = Bool.random(using: &random) && ends[0].rounded(.up) <= ends[1].rounded(.down)
    if isWhole { ends = [ends[0].rounded(.up), ends[1].rounded(.down)] }
    let (least, greatest) = (ends[0], ends[1])
    return ShapeModel(
      shape: .number(NumberSet(from: least, to: greatest, isWhole: isWhole))
    ) { random in
      let candidates =
        [least, greatest, least.nextUp, greatest.nextDown, least / 2 + greatest / 2, least + 1]
        + numbers
      let fitting = candidates.map { isWhole ? $0.rounded(.down) : $0 }.filter {
        least <= $0 && $0 <= greatest
      }
      return .number(fitting.randomElement(using: &random) ?? least)
    }
  }

  static let anyNumber = ShapeModel(shape: .number) { random in
    let candidates = numbers + numbers.map { $0.nextUp } + [.nan, .infinity, -.infinity]
    return .number(candidates.randomElement(using: &random) ?? 0)
  }

  static func points(_ random: inout SeededGenerator) -> ShapeModel {
    let points = (0..<Int.random(in: 1...3, using: &random)).map { _ in number(&random) }
    let set = points.reduce(NumberSet(from: 1, to: 0)) { $0.union(NumberSet($1)) }
    return ShapeModel(shape: .number(set)) { .number(points.randomElement(using: &$0) ?? 0) }
  }

  // MARK: - Texts and logicals

  static func text(_ random: inout SeededGenerator) -> ShapeModel {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let some = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        texts.randomElement(using: &random) ?? ""
      }
      return ShapeModel(shape: .text(TextSet(some))) {
        .text(some.randomElement(using: &$0) ?? "")
      }
    case 1:
      let least = Int.random(in: 0...4, using: &random)
      return ShapeModel(shape: .text(TextSet(lengths: least...7))) { random in
        let fitting = texts.filter { (least...7).contains($0.unicodeScalars.count) }
        return .text(fitting.randomElement(using: &random) ?? "Bronze")
      }
    default:
      return ShapeModel(shape: .text) { .text(texts.randomElement(using: &$0) ?? "") }
    }
  }

  static func logical(_ random: inout SeededGenerator) -> ShapeModel {
    let fixed = [nil, nil, true, false].randomElement(using: &random) ?? nil
    return ShapeModel(shape: fixed.map { .logical($0) } ?? .logical) { random in
      .logical(fixed ?? Bool.random(using: &random))
    }
  }

  static func numeric(_ random: inout SeededGenerator) -> ShapeModel {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: anyNumber
    case 1: points(&random)
    default: span(&random)
    }
  }

  // MARK: - Lists, objects, alternatives

  static func list(_ element: ShapeModel, _ random: inout SeededGenerator) -> ShapeModel {
    let least = Int.random(in: 0...2, using: &random)
    let greatest = max(least, Int.random(in: 0...3, using: &random))
    return ShapeModel(shape: .list(of: element.shape, counts: least...greatest)) { random in
      // One is where a list is more than a list.
      let count =
        least <= 1 && greatest >= 1 && Bool.random(using: &random)
        ? 1 : Int.random(in: least...greatest, using: &random)
      return .list((0..<count).map { _ in element.sample(&random) })
    }
  }

  static func either(_ left: ShapeModel, _ right: ShapeModel) -> ShapeModel {
    ShapeModel(shape: left.shape.union(right.shape)) { random in
      Bool.random(using: &random) ? left.sample(&random) : right.sample(&random)
    }
  }

  static let null = ShapeModel(shape: ValueShape(kinds: .null)) { _ in .null }

  /// A value that a shape that says nothing may be.
  static func anything(depth: Int = 2) -> ShapeModel {
    ShapeModel(shape: .anything) { random in
      var plain = plain(&random, depth: depth)
      while plain.shape.isEmpty { plain = self.plain(&random, depth: depth) }
      return plain.sample(&random)
    }
  }

  static func plain(_ random: inout SeededGenerator, depth: Int = 2) -> ShapeModel {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0, 1: numeric(&random)
    case 2: text(&random)
    case 3: logical(&random)
    case 4: null
    case 5, 6: list(plain(&random, depth: depth - 1), &random)
    default:
      object(
        [("cash", plain(&random, depth: depth - 1), Bool.random(using: &random))], &random)
    }
  }

  typealias Declared = (name: String, model: ShapeModel, isRequired: Bool)

  static func object(_ declared: [Declared], _ random: inout SeededGenerator) -> ShapeModel {
    let isClosed = Bool.random(using: &random)
    let isListed = Bool.random(using: &random)
    let shape = ObjectShape(
      declared.map { ($0.name, .init(shape: $0.model.shape, isRequired: $0.isRequired)) },
      others: isClosed ? nil : .anything, isListed: isListed)
    return ShapeModel(shape: ValueShape(kinds: .object, object: shape)) { random in
      var members: [Value.Member] = []
      for (name, model, isRequired) in declared
      where isRequired || Int.random(in: 0..<3, using: &random) > 0 {
        members.append(.init(name: name, value: model.sample(&random)))
      }
      if !isClosed, Int.random(in: 0..<8, using: &random) == 0 {
        // A property that nobody declared, of a name that expressions ask for.
        let name =
          ["missing", "wallet.cash", "wallet.inner.deep", "tags.length"]
          .randomElement(using: &random) ?? "missing"
        if !declared.contains(where: { $0.name == name }) {
          members.append(.init(name: name, value: anything(depth: 1).sample(&random)))
        }
      }
      return .object(members)
    }
  }

  /// A context in which ``ExpressionGenerator`` and a ``ConditionGenerator`` find mostly what they look for.
  static func context(_ random: inout SeededGenerator) -> ShapeModel {
    var declared: [Declared] = []
    func declare(_ name: String, _ usual: (inout SeededGenerator) -> ShapeModel) {
      var model = usual(&random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0: model = plain(&random)
      case 1: model = either(model, null)
      case 2: model = either(model, plain(&random))
      case 3: model = list(model, &random)
      case 4: model = anything()
      default: break
      }
      declared.append((name, model, Int.random(in: 0..<4, using: &random) > 0))
    }
    for name in ["n", "zero", "half", "big", "x", "y"] { declare(name, numeric) }
    for name in ["t", "empty.text", "tier", "quoted name"] { declare(name, text) }
    for name in ["yes", "no", "vip"] { declare(name, logical) }
    for name in ["one", "none", "tags"] {
      declare(name) { list(plain(&$0, depth: 0), &$0) }
    }
    declare("numbers") { list(numeric(&$0), &$0) }
    declare("nested") { list(list(numeric(&$0), &$0), &$0) }
    declare("nothing") { _ in null }
    let inner = object([("deep", logical(&random), Bool.random(using: &random))], &random)
    declare("wallet") { random in
      object(
        [
          ("cash", numeric(&random), Bool.random(using: &random)),
          ("tags", list(text(&random), &random), true), ("inner", inner, true),
        ], &random)
    }
    return object(declared, &random)
  }
}

extension ValueShape {
  /// Whether a value, or that there is none, is one of the shape's.
  func admits(_ value: Value?) -> Bool {
    switch value {
    case nil: return kinds.contains(.missing)
    case .null?: return kinds.contains(.null)
    case .logical(let logical)?: return kinds.contains(logical ? .isTrue : .isFalse)
    case .number(let number)?:
      return kinds.contains(.number) && (numbers ?? .all).contains(number)
    case .text(let text)?: return kinds.contains(.text) && (texts ?? .all).contains(text)
    case .list(let elements)?:
      return kinds.contains(.list) && (list ?? .any).counts.contains(elements.count)
        && elements.allSatisfy { (list ?? .any).element.admits($0) }
    case .object(let members)?:
      guard kinds.contains(.object) else { return false }
      return (object ?? .any).admits(members)
    }
  }
}

extension ObjectShape {
  func admits(_ members: [Value.Member]) -> Bool {
    func value(_ name: String) -> Value? {
      members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
    return names.allSatisfy { self[$0]?.read.admits(value($0)) ?? true }
      && members.allSatisfy { self[$0.name] != nil || others?.admits($0.value) ?? false }
  }
}
