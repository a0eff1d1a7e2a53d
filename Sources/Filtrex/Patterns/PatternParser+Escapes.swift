extension PatternParser {
  /// What stands for one scalar of a text; a surrogate stands for none.
  enum Atom {
    case scalar(UInt32)
    case set(ScalarSet)
  }

  /// Takes a backslash and what it escapes.
  mutating func escape(inClass: Bool) throws(PatternError) -> Atom {
    let start = position
    position += 1
    guard let sign = byte() else { throw error(.backslashAtEnd, from: start) }
    switch sign {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .scalar(try number(from: start, inClass: inClass))
    case UInt8(ascii: "c"): return .scalar(control(inClass: inClass))
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      if byte(1) == UInt8(ascii: "{") { return .set(try property(from: start)) }
    case UInt8(ascii: "k") where hasNamedGroups:
      throw namedReference(from: start)
    case UInt8(ascii: "u"):
      position += 1
      return .scalar(try codePoint(from: start))
    case UInt8(ascii: "x"):
      position += 1
      return .scalar(takeHexadecimal(digits: 2) ?? UInt32(sign))
    case UInt8(ascii: "b") where inClass:
      position += 1
      return .scalar(0x08)
    default: break
    }
    if let set = Self.set(named: sign) {
      position += 1
      return .set(set)
    }
    // Whatever else is escaped stands for itself, most letters too.
    let scalar = takeScalar()
    return .scalar(Self.controls[sign] ?? scalar)
  }

  private static let controls: [UInt8: UInt32] = [
    UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
    UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
  ]

  private static func set(named sign: UInt8) -> ScalarSet? {
    switch sign {
    case UInt8(ascii: "d"): .digits
    case UInt8(ascii: "D"): .otherThanDigits
    case UInt8(ascii: "w"): .wordScalars
    case UInt8(ascii: "W"): .otherThanWordScalars
    case UInt8(ascii: "s"): .whiteSpace
    case UInt8(ascii: "S"): .otherThanWhiteSpace
    default: nil
    }
  }

  // MARK: - Numbers

  /// A digit behind a backslash: a group that there is, or a scalar in base eight, or the digit itself.
  private mutating func number(from start: Int, inClass: Bool) throws(PatternError) -> UInt32 {
    var number = 0
    var length = 0
    while let digit = byte(length), Self.isDigit(digit) {
      number = min(number * 10 + Int(digit - UInt8(ascii: "0")), bytes.count + 1)
      length += 1
    }
    if !inClass, number > 0, number <= groupCount {
      position += length
      throw error(.backReference(text(from: start)), from: start)
    }
    guard let first = byte(), first < UInt8(ascii: "8") else { return takeScalar() }
    var value: UInt32 = 0
    while let digit = byte(), digit >= UInt8(ascii: "0"), digit < UInt8(ascii: "8") {
      let next = value * 8 + UInt32(digit - UInt8(ascii: "0"))
      if next > 0xFF { break }
      value = next
      position += 1
      if position - start == 4 { break }
    }
    return value
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// `\cX`; a `c` with nothing behind it that it could control leaves the backslash as a sign.
  private mutating func control(inClass: Bool) -> UInt32 {
    if let letter = byte(1) {
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter | 0x20)
      if isLetter || inClass && (Self.isDigit(letter) || letter == UInt8(ascii: "_")) {
        position += 2
        return UInt32(letter & 0x1F)
      }
    }
    return UInt32(UInt8(ascii: "\\"))
  }

  /// What `\u` stands for, or the letter itself.
  private mutating func codePoint(from start: Int) throws(PatternError) -> UInt32 {
    guard let value = takeCodePoint() else { return UInt32(UInt8(ascii: "u")) }
    guard value <= ScalarSet.last else {
      throw error(.beyondLastScalar(text(from: start)), from: start)
    }
    return value
  }

  /// `HHHH`, two of them that are one scalar's surrogates, or `{H…}`; nothing is taken where it is none of these.
  mutating func takeCodePoint() -> UInt32? {
    let start = position
    if take("{") {
      if let value = takeHexadecimal(), take("}") { return value }
      position = start
      return nil
    }
    guard let lead = takeHexadecimal(digits: 4) else { return nil }
    guard lead & 0xFC00 == 0xD800, isAt(#"\u"#) else { return lead }
    let behind = position
    position += 2
    if let trail = takeHexadecimal(digits: 4), trail & 0xFC00 == 0xDC00 {
      return 0x10000 + (lead & 0x3FF) << 10 + (trail & 0x3FF)
    }
    position = behind
    return lead
  }

  /// So many digits in base sixteen, or as many as there are; a number beyond all scalars is one like another.
  private mutating func takeHexadecimal(digits: Int? = nil) -> UInt32? {
    let start = position
    var value: UInt32 = 0
    while position - start < digits ?? .max, let digit = byte().flatMap(Self.hexadecimal) {
      value = min(value << 4 | digit, 0xFFFFFF)
      position += 1
    }
    if position - start >= digits ?? 1 { return value }
    position = start
    return nil
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  // MARK: - Names

  private mutating func namedReference(from start: Int) -> PatternError {
    position += 1
    guard take("<"), let length = bytes[position...].firstIndex(of: UInt8(ascii: ">")) else {
      return error(.badNamedReference, from: start)
    }
    position = length + 1
    return error(.backReference(text(from: start)), from: start)
  }

  /// `\p{…}` or `\P{…}`; the position is at the letter.
  private mutating func property(from start: Int) throws(PatternError) -> ScalarSet {
    let isInverted = byte() == UInt8(ascii: "P")
    position += 2
    let name = position
    while let byte = byte(), Self.isOfProperty(byte) { position += 1 }
    let text = self.text(from: name)
    guard !text.isEmpty, take("}") else {
      throw error(.badProperty(self.text(from: start)), from: start)
    }
    guard let set = properties[text] ?? UnicodeProperty.set(named: text) else {
      throw error(.unknownProperty(text), from: start)
    }
    properties[text] = set
    return isInverted ? set.inverted : set
  }

  private static func isOfProperty(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "=")
  }
}
