extension JSONScanner {
  /// Reads a text from its opening quote to past its closing one, or up to its first escape.
  ///
  /// - Returns: Its range, or `nil` when it has escapes: what is before them lies in ``unescaped``, and the rest is for
  ///   ``textWithEscapes()``.
  @_lifetime(self: copy self)
  mutating func text() throws(JSONError) -> Range<Int>? {
    offset += 1
    let start = offset
    if skipPlain(), offset < bytes.count {
      if bytes[offset] == UInt8(ascii: "\"") {
        offset += 1
        return start..<offset - 1
      }
      if bytes[offset] == UInt8(ascii: "\\") {
        unescaped.removeAll(keepingCapacity: true)
        unescaped.append(copying: bytes.extracting(start..<offset))
        return nil
      }
    }
    // What is wrong, and where, is found byte by byte.
    offset = start
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case 0..<0x20: throw error(.controlCharacter(byte))
      case 0x20..<0x80: offset += 1
      default: offset += try sequenceLength()
      }
    }
    throw error(.unexpectedEnd)
  }

  /// Goes past what stands for itself: all but quotes, backslashes and control characters, eight bytes at a time.
  ///
  /// - Returns: Whether it is UTF-8.
  @_lifetime(self: copy self)
  private mutating func skipPlain() -> Bool {
    let start = offset
    let ones = 0x0101_0101_0101_0101 as UInt64
    var all = 0 as UInt64
    while offset + 8 <= bytes.count {
      // Safe: the load ends inside the bytes.
      let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if EscapedUnits.marks(word) != 0 { break }
      all |= word
      offset += 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
      all |= UInt64(byte)
      offset += 1
    }
    if all & (ones << 7) == 0 { return true }
    return (try? UTF8Span(validating: bytes.extracting(start..<offset))) != nil
  }

  /// Reads on in a text with escapes, to past its closing quote or to about ``pause``.
  ///
  /// - Returns: Whether all of it lies in ``unescaped``.
  @_lifetime(self: copy self)
  mutating func textWithEscapes() throws(JSONError) -> Bool {
    var isSound = true
    while offset < bytes.count {
      if offset >= pause { return false }
      if isSound, bytes[offset] != UInt8(ascii: "\\") {
        let run = offset
        isSound = skipPlain()
        // Byte by byte up to where it is wrong, since looking ahead again and again would take quadratic time.
        if !isSound { offset = run }
        unescaped.append(copying: bytes.extracting(run..<offset))
        guard offset < bytes.count else { break }
      }
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return true
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20: throw error(.controlCharacter(byte))
      case 0x20..<0x80:
        unescaped.append(byte)
        offset += 1
      default:
        for _ in 0..<(try sequenceLength()) {
          unescaped.append(bytes[offset])
          offset += 1
        }
      }
    }
    throw error(.unexpectedEnd)
  }

  /// How many bytes the UTF-8 sequence has that begins here.
  ///
  /// - Source: Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences".
  private func sequenceLength() throws(JSONError) -> Int {
    let first = bytes[offset]
    let second: ClosedRange<UInt8>
    let count: Int
    switch first {
    case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
    case 0xE0: (count, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE, 0xEF: (count, second) = (3, 0x80...0xBF)
    case 0xED: (count, second) = (3, 0x80...0x9F)
    case 0xF0: (count, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
    case 0xF4: (count, second) = (4, 0x80...0x8F)
    default: throw error(.invalidUTF8)
    }
    guard offset + count <= bytes.count, second.contains(bytes[offset + 1]) else {
      throw error(.invalidUTF8)
    }
    for index in 2..<max(2, count) where bytes[offset + index] & 0xC0 != 0x80 {
      throw error(.invalidUTF8)
    }
    return count
  }

  @_lifetime(self: copy self)
  private mutating func escape() throws(JSONError) {
    guard offset + 1 < bytes.count else { throw error(.unexpectedEnd) }
    let byte: UInt8
    switch bytes[offset + 1] {
    case UInt8(ascii: "\""): byte = UInt8(ascii: "\"")
    case UInt8(ascii: "\\"): byte = UInt8(ascii: "\\")
    case UInt8(ascii: "/"): byte = UInt8(ascii: "/")
    case UInt8(ascii: "b"): byte = 0x08
    case UInt8(ascii: "f"): byte = 0x0C
    case UInt8(ascii: "n"): byte = 0x0A
    case UInt8(ascii: "r"): byte = 0x0D
    case UInt8(ascii: "t"): byte = 0x09
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw error(.invalidEscape)
    }
    unescaped.append(byte)
    offset += 2
  }

  @_lifetime(self: copy self)
  private mutating func unicodeEscape() throws(JSONError) {
    let start = offset
    var value = try hexadecimal()
    if value >= 0xD800 && value < 0xDC00 {
      guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
        bytes[offset + 1] == UInt8(ascii: "u")
      else { throw error(.loneSurrogate, at: start) }
      let low = try hexadecimal()
      guard low >= 0xDC00 && low < 0xE000 else { throw error(.loneSurrogate, at: start) }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw error(.loneSurrogate, at: start) }
    unescaped.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  /// The four digits of a `\u` escape that begins here.
  @_lifetime(self: copy self)
  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    guard offset + 6 <= bytes.count else { throw error(.unexpectedEnd, at: bytes.count) }
    var value: UInt32 = 0
    for index in offset + 2..<offset + 6 {
      let byte = bytes[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error(.invalidEscape)
      }
      value = value << 4 | UInt32(digit)
    }
    offset += 6
    return value
  }
}

extension [UInt8] {
  /// Adds bytes at the end, all of them at once.
  mutating func append(copying bytes: Span<UInt8>) {
    // Safe: the buffer is read during the call only.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
