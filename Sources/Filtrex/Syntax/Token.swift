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
  }

  var kind: Kind
  var range: Range<Int>
  /// What a text or name says, its escapes resolved.
  var content = ""
}
