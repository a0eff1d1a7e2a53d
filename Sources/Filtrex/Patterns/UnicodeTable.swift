/// One Unicode property, or one value of one, as `UnicodeTables.swift` has it.
struct UnicodeTable: Sendable {
  private let joinedNames: String
  private let text: String

  /// A property.
  ///
  /// - Parameters:
  ///   - names: Its names, `|` between them.
  ///   - text: How many scalars are not in it and how many are, in turn, each as ``number(_:_:)`` reads it.
  init(_ names: String, _ text: String) {
    joinedNames = names
    self.text = text
  }

  /// Whether that is one of its names; the case of letters counts.
  func isNamed(_ name: String) -> Bool {
    joinedNames.utf8.split(separator: UInt8(ascii: "|")).contains { $0.elementsEqual(name.utf8) }
  }

  /// Its names, the first one first.
  var names: [String] { joinedNames.split(separator: "|").map(String.init) }

  /// Its scalars.
  var ranges: [ScalarRange] {
    var ranges: [ScalarRange] = []
    let signs = text.utf8Span.span
    var position = 0
    var scalar: UInt32 = 0
    while position < signs.count {
      scalar += Self.number(signs, &position)
      let end = scalar + Self.number(signs, &position)
      ranges.append(ScalarRange(scalar, end - 1))
      scalar = end
    }
    return ranges
  }

  /// A number in five bits a sign, the lowest first; the signs of the upper half say that another follows.
  private static func number(_ signs: Span<UInt8>, _ position: inout Int) -> UInt32 {
    var number: UInt32 = 0
    var shift: UInt32 = 0
    while position < signs.count {
      let digit = digit(signs[position])
      position += 1
      number |= (digit & 31) << shift
      shift += 5
      if digit < 32 { break }
    }
    return number
  }

  private static func digit(_ sign: UInt8) -> UInt32 {
    switch sign {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(sign - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(sign - UInt8(ascii: "A")) + 10
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(sign - UInt8(ascii: "a")) + 36
    case UInt8(ascii: "-"): 62
    default: 63
    }
  }
}
