/// One word or sign of an expression, with its place.
struct Token: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case number(Double)
    case text
    /// A name without quotes; `true`, `false` and `null` among them.
    case name
    case quotedName
    case word(Word)
    case sign(Sign)
    /// Something that is no token; already reported.
    case malformed
    case end
  }

  enum Word: String, Sendable, CaseIterable {
    case and, or, not
    case `in`, of
    case `if`, then, `else`
    case mod

    /// The word of those bytes.
    init?(_ bytes: Span<UInt8>) {
      let word: Word? =
        switch bytes.count {
        case 2:
          ByteOrder.equal(bytes, "or")
            ? .or
            : ByteOrder.equal(bytes, "in")
              ? .in
              : ByteOrder.equal(bytes, "of") ? .of : ByteOrder.equal(bytes, "if") ? .if : nil
        case 3:
          ByteOrder.equal(bytes, "and")
            ? .and
            : ByteOrder.equal(bytes, "not") ? .not : ByteOrder.equal(bytes, "mod") ? .mod : nil
        case 4:
          ByteOrder.equal(bytes, "then") ? .then : ByteOrder.equal(bytes, "else") ? .else : nil
        default: nil
        }
      guard let word else { return nil }
      self = word
    }
  }

  enum Sign: String, Sendable, CaseIterable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case power = "^"
    case percent = "%"
    case open = "("
    case close = ")"
    case comma = ","
    case equal = "=="
    case notEqual = "!="
    case matches = "~="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case question = "?"
    case colon = ":"

    /// The longest sign that begins with a byte, before another, and how many of the two it is.
    static func beginning(_ first: UInt8, _ second: UInt8?) -> (Sign, length: Int)? {
      let isBeforeEquals = second == UInt8(ascii: "=")
      switch first {
      case UInt8(ascii: "+"): return (.plus, 1)
      case UInt8(ascii: "-"): return (.minus, 1)
      case UInt8(ascii: "*"): return (.times, 1)
      case UInt8(ascii: "/"): return (.divide, 1)
      case UInt8(ascii: "^"): return (.power, 1)
      case UInt8(ascii: "%"): return (.percent, 1)
      case UInt8(ascii: "("): return (.open, 1)
      case UInt8(ascii: ")"): return (.close, 1)
      case UInt8(ascii: ","): return (.comma, 1)
      case UInt8(ascii: "?"): return (.question, 1)
      case UInt8(ascii: ":"): return (.colon, 1)
      case UInt8(ascii: "<"): return isBeforeEquals ? (.lessOrEqual, 2) : (.less, 1)
      case UInt8(ascii: ">"): return isBeforeEquals ? (.greaterOrEqual, 2) : (.greater, 1)
      case UInt8(ascii: "="): return isBeforeEquals ? (.equal, 2) : nil
      case UInt8(ascii: "!"): return isBeforeEquals ? (.notEqual, 2) : nil
      case UInt8(ascii: "~"): return isBeforeEquals ? (.matches, 2) : nil
      default: return nil
      }
    }
  }

  var kind: Kind
  var range: Range<Int>
  /// What a text or name says, its escapes resolved.
  var content = ""
}
