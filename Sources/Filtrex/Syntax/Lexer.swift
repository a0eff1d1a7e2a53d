internal import NumberText

/// Cuts an expression into tokens, and reports what is none.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0
  private(set) var tokens: [Token] = []
  private(set) var diagnostics: [Diagnostic] = []

  init(_ expression: String) {
    bytes = Array(expression.utf8)
    // Most have as many, or fewer: `a > 5`.
    tokens.reserveCapacity(bytes.count / 3 + 2)
    while position < bytes.count { next() }
    add(.end, from: bytes.count)
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private mutating func add(_ kind: Token.Kind, from start: Int, content: String = "") {
    tokens.append(Token(kind: kind, range: start..<position, content: content))
  }

  private mutating func report(_ range: Range<Int>, _ message: String, suggestion: String? = nil) {
    diagnostics.append(
      Diagnostic(
        severity: .error, code: .syntax, range: range, message: message, suggestion: suggestion))
  }

  private mutating func next() {
    let start = position
    if skipSpace() { return }
    switch bytes[position] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number(from: start)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): quoted(from: start)
    case let byte where Self.beginsName(byte): name(from: start)
    default: sign(from: start)
    }
  }

  /// Skips one white space of JavaScript's `\s`, which is what the reference's scanner skips.
  private mutating func skipSpace() -> Bool {
    let length = WhiteSpace.length(at: position, in: bytes.span)
    position += length
    return length > 0
  }

  static func beginsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: false
    }
  }

  private static func continuesName(_ byte: UInt8) -> Bool {
    beginsName(byte) || isDigit(byte) || byte == UInt8(ascii: ".")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func digits() {
    var value: UInt64 = 0
    digits(&value)
  }

  /// Goes past digits; those past what a word holds do not add.
  private mutating func digits(_ value: inout UInt64) {
    while let byte = byte(), Self.isDigit(byte) {
      value = value &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
      position += 1
    }
  }

  private mutating func number(from start: Int) {
    var value: UInt64 = 0
    digits(&value)
    let wholeEnd = position
    if byte() == UInt8(ascii: "."), let digit = byte(1), Self.isDigit(digit) {
      position += 1
      digits(&value)
    }
    if byte() == UInt8(ascii: ".") {
      while let byte = byte(), Self.isDigit(byte) || byte == UInt8(ascii: ".") { position += 1 }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      report(
        start..<position,
        "`\(text)` is not a number: write digits, with at most one dot between digits")
      return add(.malformed, from: start)
    }
    if let value = octal(start..<wholeEnd) { return add(.number(value), from: start) }
    if position - start <= ShortDecimal.digits {
      let scale = max(position - wholeEnd - 1, 0)
      return add(.number(ShortDecimal.value(value, scale: scale)), from: start)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    // Digits with at most one dot are always a Double, infinite if there are too many.
    add(.number(Double(text) ?? .nan), from: start)
  }

  /// The reference hands a number to JavaScript as it stands, where `010` is eight.
  private mutating func octal(_ range: Range<Int>) -> Double? {
    guard range.upperBound == position, range.count > 1,
      bytes[range.lowerBound] == UInt8(ascii: "0")
    else { return nil }
    var value = 0.0
    for byte in bytes[range] {
      guard byte < UInt8(ascii: "8") else { return nil }
      value = value * 8 + Double(byte - UInt8(ascii: "0"))
    }
    let text = String(decoding: bytes[range], as: UTF8.self)
    if value != Double(text) {
      let plain = String(text.drop { $0 == "0" })
      diagnostics.append(
        Diagnostic(
          severity: .warning, code: .octalNumber, range: range,
          message:
            "`\(text)` is read in base eight, as filtrex does: write `\(plain)` for the decimal number",
          suggestion: plain))
    }
    return value
  }

  private mutating func name(from start: Int) {
    while let byte = byte(), Self.continuesName(byte) { position += 1 }
    if let word = word(start..<position) { return add(.word(word), from: start) }
    add(.name, from: start, content: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private func word(_ range: Range<Int>) -> Token.Word? {
    Token.Word(bytes.span.extracting(range))
  }

  private mutating func quoted(from start: Int) {
    let quote = bytes[position]
    let isText = quote == UInt8(ascii: "\"")
    position += 1
    var content: [UInt8] = []
    while let byte = byte() {
      if byte == quote {
        position += 1
        let text = String(decoding: content, as: UTF8.self)
        return add(isText ? .text : .quotedName, from: start, content: text)
      }
      if byte == UInt8(ascii: "\\") {
        guard let escaped = self.byte(1) else { break }
        if escaped != quote, escaped != UInt8(ascii: "\\") {
          let sign = String(decoding: [quote], as: UTF8.self)
          report(
            position..<position + 1,
            "a backslash escapes only `\(sign)` and itself here: write `\\\\` for a backslash",
            suggestion: "\\\\")
          content.append(byte)
          position += 1
          continue
        }
        content.append(escaped)
        position += 2
        continue
      }
      content.append(byte)
      position += 1
    }
    position = bytes.count
    let what = isText ? "text" : "quoted name"
    let sign = isText ? "\"" : "'"
    report(start..<position, "the \(what) that begins here has no end: close it with `\(sign)`")
    add(.malformed, from: start)
  }

  private mutating func sign(from start: Int) {
    guard let (sign, length) = Token.Sign.beginning(bytes[position], byte(1)) else {
      return foreign(from: start)
    }
    position += length
    add(.sign(sign), from: start)
  }

  /// Signs of other languages and of none; what was probably meant goes on as a token of ours, so that
  /// one slip is one message.
  private mutating func foreign(from start: Int) {
    let meant: [(String, String, Token.Kind)] = [
      ("&&", "and", .word(.and)), ("||", "or", .word(.or)), ("=", "==", .sign(.equal)),
      ("!", "not", .word(.not)), ("&", "and", .word(.and)), ("|", "or", .word(.or)),
    ]
    for (text, remedy, kind) in meant
    where bytes[position...].starts(with: text.utf8) {
      position += text.utf8.count
      report(
        start..<position, "`\(text)` is no operator here: write `\(remedy)`", suggestion: remedy)
      return add(kind, from: start)
    }
    if bytes[position] == UInt8(ascii: "."), let digit = byte(1), Self.isDigit(digit) {
      position += 1
      digits()
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      report(
        start..<position, "a number does not begin with a dot: write `0\(text)`",
        suggestion: "0" + text)
      return add(.malformed, from: start)
    }
    position += 1
    while let byte = byte(), byte & 0xC0 == 0x80 { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    report(
      start..<position,
      "`\(text)` has no meaning here: put a name with special characters into '…', a text into \"…\""
    )
    add(.malformed, from: start)
  }
}

/// White space as JavaScript's `\s` and `trim` have it.
enum WhiteSpace {
  /// How many bytes of white space begin at `position`: those of one scalar, or none.
  static func length(at position: Int, in bytes: Span<UInt8>) -> Int {
    guard position < bytes.count else { return 0 }
    let first = bytes[position]
    if first < 0x80 { return first == 0x20 || (first >= 0x09 && first <= 0x0D) ? 1 : 0 }
    if first == 0xC2 {
      return position + 1 < bytes.count && bytes[position + 1] == 0xA0 ? 2 : 0
    }
    guard position + 2 < bytes.count else { return 0 }
    let rest = UInt16(bytes[position + 1]) << 8 | UInt16(bytes[position + 2])
    let isSpace =
      switch (first, rest) {
      case (0xE1, 0x9A80): true  // U+1680
      case (0xE2, 0x8080...0x808A): true  // U+2000 to U+200A
      case (0xE2, 0x80A8), (0xE2, 0x80A9), (0xE2, 0x80AF), (0xE2, 0x819F): true
      case (0xE3, 0x8080): true  // U+3000
      case (0xEF, 0xBBBF): true  // U+FEFF
      default: false
      }
    return isSpace ? 3 : 0
  }
}
