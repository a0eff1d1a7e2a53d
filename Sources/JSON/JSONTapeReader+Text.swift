extension JSONTapeReader {
  /// Reads a text from its opening quote to past its closing one.
  @_lifetime(self: copy self)
  mutating func text() -> Bool {
    offset += 1
    let start = offset
    skipPlain()
    guard offset < bytes.count else { return false }
    if bytes[offset] == UInt8(ascii: "\"") {
      let place = entries.count
      entries.append(JSONTape.Entry(.text, start..<offset, next: place + 1))
      offset += 1
      return true
    }
    return bytes[offset] == UInt8(ascii: "\\") && textWithEscapes(from: start)
  }

  /// Goes past what stands for itself: all but quotes, backslashes and control characters, eight bytes at a time.
  @_lifetime(self: copy self)
  private mutating func skipPlain() {
    while offset + 8 <= bytes.count {
      // Safe: the load ends inside the bytes.
      let word = UInt64(
        littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(
          fromByteOffset: offset, as: UInt64.self))
      let marks = EscapedUnits.marks(word)
      guard marks == 0 else {
        offset += marks.trailingZeroBitCount >> 3
        return
      }
      offset += 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
      offset += 1
    }
  }

  /// Reads on in a text at its first escape.
  @_lifetime(self: copy self)
  private mutating func textWithEscapes(from start: Int) -> Bool {
    let begin = resolved.count
    var isAsWritten = true
    var run = start
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      guard bytes[offset] == UInt8(ascii: "\\"), offset + 1 < bytes.count else { return false }
      resolved.append(copying: bytes.extracting(run..<offset))
      guard escape(&isAsWritten) else { return false }
      run = offset
      skipPlain()
    }
    guard offset < bytes.count else { return false }
    resolved.append(copying: bytes.extracting(run..<offset))
    let place = entries.count
    let text = begin..<resolved.count
    entries.append(JSONTape.Entry(.resolvedText, text, next: place + 2))
    if isAsWritten {
      entries.append(JSONTape.Entry(.writtenInSource, start..<offset, next: place + 2))
    } else {
      let copy = Array(resolved[text])
      JSONWriter.appendEscaped(copy.span, to: &resolved)
      entries.append(
        JSONTape.Entry(.written, text.upperBound..<resolved.count, next: place + 2))
    }
    offset += 1
    return true
  }

  /// Resolves the escape that begins here.
  ///
  /// - Parameter isAsWritten: Set to false where RFC 8785 writes something else for it.
  /// - Returns: Whether it is one, and no surrogate.
  @_lifetime(self: copy self)
  private mutating func escape(_ isAsWritten: inout Bool) -> Bool {
    let byte: UInt8
    switch bytes[offset + 1] {
    case UInt8(ascii: "\""): byte = UInt8(ascii: "\"")
    case UInt8(ascii: "\\"): byte = UInt8(ascii: "\\")
    case UInt8(ascii: "b"): byte = 0x08
    case UInt8(ascii: "f"): byte = 0x0C
    case UInt8(ascii: "n"): byte = 0x0A
    case UInt8(ascii: "r"): byte = 0x0D
    case UInt8(ascii: "t"): byte = 0x09
    case UInt8(ascii: "/"):
      isAsWritten = false
      byte = UInt8(ascii: "/")
    case UInt8(ascii: "u"):
      isAsWritten = false
      return unicodeEscape()
    default: return false
    }
    resolved.append(byte)
    offset += 2
    return true
  }

  /// Resolves `\uXXXX`, where it is no surrogate.
  @_lifetime(self: copy self)
  private mutating func unicodeEscape() -> Bool {
    guard offset + 6 <= bytes.count else { return false }
    var value: UInt32 = 0
    for index in offset + 2..<offset + 6 {
      let digit: UInt8
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
      default: return false
      }
      value = value << 4 | UInt32(digit)
    }
    guard let scalar = Unicode.Scalar(value) else { return false }
    resolved.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    offset += 6
    return true
  }
}
