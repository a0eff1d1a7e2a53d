internal import NumberText

/// Something the checker says, in the parts its sentence is made of.
struct Finding: Sendable {
  var severity: Diagnostic.Severity
  var code: Diagnostic.Code
  var range: Range<Int>
  /// What is so.
  var statement: String
  /// Why, with its comma.
  var reason = ""
  /// What follows of it.
  var consequence: String?
  /// What to do.
  var remedy: String
  var suggestion: String?
  /// Whether it says that a condition always comes out the same.
  var isConstant = false
  /// The earlier outcome that it follows from.
  var source: FactSource?

  var diagnostic: Diagnostic {
    let therefore = consequence.map { ", so that \($0)" } ?? ""
    return Diagnostic(
      severity: severity, code: code, range: range,
      message: "\(statement)\(reason)\(therefore): \(remedy)", suggestion: suggestion)
  }
}

/// Sets of values in words.
enum ShapeText {
  /// What a value of some kinds is called: `a number or null`.
  static func text(_ kinds: KindSet) -> String { choice(parts(kinds)) }

  private static func parts(_ kinds: KindSet) -> [String] {
    let names: [(KindSet, String)] = [
      (.number, "a number"), (.text, "a text"), (.logical, "a logical"), (.list, "a list"),
      (.object, "an object"), (.null, "null"), (.missing, "missing"),
    ]
    return names.filter { !kinds.isDisjoint(with: $0.0) }.map(\.1)
  }

  /// What a value of some kinds is called where one is wanted: `number or text`.
  static func wanted(_ kinds: KindSet) -> String {
    if kinds == KindSet.value.subtracting(.null) { return "list or value" }
    let names: [(KindSet, String)] = [
      (.number, "number"), (.text, "text"), (.logical, "logical"), (.list, "list"),
      (.object, "object"),
    ]
    return choice(names.filter { !kinds.isDisjoint(with: $0.0) }.map(\.1))
  }

  static func choice(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "nothing" }
    return parts.dropLast().joined(separator: ", ") + " or " + last
  }

  /// A shape as far as a sentence can hold it.
  static func text(_ shape: ValueShape) -> String {
    var parts: [String] = []
    if shape.kinds.contains(.number) { parts.append(text(shape.numbers ?? .all)) }
    if shape.kinds.contains(.text) { parts.append(text(shape.anyTexts)) }
    switch shape.kinds.intersection(.logical) {
    case .isTrue: parts.append("true")
    case .isFalse: parts.append("false")
    case []: break
    default: parts.append("a logical")
    }
    return choice(parts + self.parts(shape.kinds.intersection([.list, .object, .null, .missing])))
  }

  private static func text(_ numbers: NumberSet) -> String {
    if let points = numbers.points, points.count <= 5 { return choice(points.map(text)) }
    let what = numbers.isWhole ? "a whole number" : "a number"
    guard let least = numbers.least, let greatest = numbers.greatest else { return what }
    let limit = Double.greatestFiniteMagnitude
    let low = least <= -limit ? nil : least
    let high = greatest >= limit ? nil : greatest
    switch (low, high) {
    case (let low?, let high?):
      // A bound that is left out shows as its neighbour, which nobody wrote.
      let isOpen = isNeighbour(low, low.nextDown) || isNeighbour(high, high.nextUp)
      return isOpen
        ? "\(what) \(above(low)) and \(below(high))" : "\(what) from \(text(low)) to \(text(high))"
    case (let low?, nil): return "\(what) \(above(low))"
    case (nil, let high?): return "\(what) \(below(high))"
    case (nil, nil): return what
    }
  }

  private static func isNeighbour(_ number: Double, _ other: Double) -> Bool {
    text(number).utf8.count > text(other).utf8.count + 4
  }

  private static func above(_ number: Double) -> String {
    isNeighbour(number, number.nextDown)
      ? "above \(text(number.nextDown))" : "from \(text(number)) up"
  }

  private static func below(_ number: Double) -> String {
    isNeighbour(number, number.nextUp) ? "below \(text(number.nextUp))" : "up to \(text(number))"
  }

  private static func text(_ texts: TextSet) -> String {
    guard let values = texts.values?.texts else {
      let counts = texts.scalarCounts
      if counts == 0...Int.max { return "a text" }
      if counts == 1...Int.max { return "a text that is not empty" }
      if counts.upperBound == .max { return "a text of \(counts.lowerBound) characters or more" }
      return "a text of \(counts.lowerBound) to \(counts.upperBound) characters"
    }
    guard values.count <= 6 else { return "one of \(values.count) texts" }
    return choice(values.map(quoted))
  }

  /// A text as an expression writes it.
  static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"" + shortened(escaped) + "\""
  }

  static func text(_ number: Double) -> String {
    var bytes: [UInt8] = []
    ECMAScriptNumber.append(number, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text as long as a sentence can hold it.
  static func shortened(_ text: String, to limit: Int = 60) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > limit else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(limit - 1))) + "…"
  }

  /// A place in a tree as long as a sentence can hold it; the tree itself is shallow, and its keys may be long.
  static func path(_ path: String) -> String { shortened(path, to: 240) }
}
