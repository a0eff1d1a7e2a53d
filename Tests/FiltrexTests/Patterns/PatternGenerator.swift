import TestSupport

/// Random patterns over few letters, and random texts of the same, so that many match.
struct PatternGenerator {
  private var random: SeededGenerator
  private var groups = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private static let letters = [
    "a", "b", "0", "_", "-", " ", "\n", "é", "Ж", "\u{2028}", "日", "😀", "😁",
  ]

  static func isOfWord(_ scalar: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(scalar), scalar.isASCII else { return false }
    return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func isSpace(_ scalar: UInt32) -> Bool {
    [0x20, 0x0A, 0x2028].contains(scalar)
  }

  mutating func text() -> String {
    (0..<Int.random(in: 0...14, using: &random)).map { _ in pick(Self.letters) }.joined()
  }

  mutating func pattern(depth: Int = 4) -> PatternTree {
    groups = 0
    return disjunction(depth)
  }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }

  private mutating func oneIn(_ count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func disjunction(_ depth: Int) -> PatternTree {
    var branches = [alternative(depth)]
    while oneIn(4) { branches.append(alternative(depth)) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func alternative(_ depth: Int) -> PatternTree {
    .sequence((0..<Int.random(in: 0...3, using: &random)).map { _ in term(depth) })
  }

  private mutating func term(_ depth: Int) -> PatternTree {
    if oneIn(7) { return place() }
    let atom = atom(depth)
    return oneIn(2) ? repetition(of: atom) : atom
  }

  private mutating func place() -> PatternTree {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: .place("^") { $0.isAtStart }
    case 1: .place("$") { $0.isAtEnd }
    case 2: .place(#"\b"#) { $0.isWordBoundary }
    default: .place(#"\B"#) { !$0.isWordBoundary }
    }
  }

  private mutating func repetition(of tree: PatternTree) -> PatternTree {
    let lazy = oneIn(3) ? "?" : ""
    let least = Int.random(in: 0...3, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .repetition(tree, "*" + lazy, least: 0, most: nil)
    case 1: return .repetition(tree, "+" + lazy, least: 1, most: nil)
    case 2: return .repetition(tree, "?" + lazy, least: 0, most: 1)
    case 3: return .repetition(tree, "{\(least)}" + lazy, least: least, most: least)
    case 4: return .repetition(tree, "{\(least),}" + lazy, least: least, most: nil)
    default:
      let most = least + Int.random(in: 0...3, using: &random)
      return .repetition(tree, "{\(least),\(most)}" + lazy, least: least, most: most)
    }
  }

  private mutating func atom(_ depth: Int) -> PatternTree {
    guard depth > 0, oneIn(3) else { return oneIn(3) ? characterClass() : scalar() }
    groups += 1
    let opening = pick(["(", "(?:", "(?<g\(groups)>"])
    return .group(opening, disjunction(depth - 1))
  }

  private mutating func scalar() -> PatternTree {
    if oneIn(5) { return .scalar(".") { ![0x0A, 0x0D, 0x2028, 0x2029].contains($0) } }
    if oneIn(5) { return named() }
    let letter = pick(Self.letters)
    return .scalar(escaped(letter)) { $0 == letter.unicodeScalars.first?.value }
  }

  private mutating func named() -> PatternTree {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .scalar(#"\w"#) { Self.isOfWord($0) }
    case 1: .scalar(#"\W"#) { !Self.isOfWord($0) }
    case 2: .scalar(#"\d"#) { $0 == 0x30 }
    case 3: .scalar(#"\D"#) { $0 != 0x30 }
    case 4: .scalar(#"\s"#) { Self.isSpace($0) }
    default: .scalar(#"\S"#) { !Self.isSpace($0) }
    }
  }

  /// A letter, or an escape that stands for it.
  private mutating func escaped(_ letter: String) -> String {
    guard let value = letter.unicodeScalars.first?.value, oneIn(3) else { return letter }
    func digits(_ value: UInt32, _ count: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(count - text.count, 0)) + text
    }
    var forms = ["\\u{\(digits(value, 1))}"]
    if value < 0x100 { forms.append("\\x\(digits(value, 2))") }
    if value < 0x10000 {
      forms.append("\\u\(digits(value, 4))")
    } else {
      forms.append(letter.utf16.map { "\\u\(digits(UInt32($0), 4))" }.joined())
    }
    return pick(forms)
  }

  private mutating func characterClass() -> PatternTree {
    let isInverted = oneIn(3)
    var text = isInverted ? "[^" : "["
    var parts: [@Sendable (UInt32) -> Bool] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        let ends = [pick(Self.letters), pick(Self.letters)].sorted {
          ($0.unicodeScalars.first?.value ?? 0) < ($1.unicodeScalars.first?.value ?? 0)
        }
        // A bare hyphen at an end would be read as the sign between two ends.
        let texts = ends.map { $0 == "-" ? #"\-"# : escaped($0) }
        let values = ends.compactMap { $0.unicodeScalars.first?.value }
        text += texts[0] + "-" + texts[1]
        parts.append { values[0] <= $0 && $0 <= values[1] }
      case 1:
        guard case .scalar(let name, let holds) = named() else { continue }
        text += name
        parts.append(holds)
      default:
        let letter = pick(Self.letters)
        text += letter == "-" ? #"\-"# : escaped(letter)
        parts.append { $0 == letter.unicodeScalars.first?.value }
      }
    }
    let all = parts
    return .scalar(text + "]") { scalar in all.contains { $0(scalar) } != isInverted }
  }
}
