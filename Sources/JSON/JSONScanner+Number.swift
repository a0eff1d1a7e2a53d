internal import NumberText

extension JSONScanner {
  /// Reads a number.
  @_lifetime(self: copy self)
  mutating func number() throws(JSONError) -> Double {
    let start = offset
    let isNegative = bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    var digits: UInt64 = 0
    var digitCount = 0
    var scale = 0
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
      offset += 1
      digitCount = 1
    } else {
      digitCount = try self.digits(&digits)
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      let count = try self.digits(&digits)
      digitCount += count
      scale = count
    }
    var hasExponent = false
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      hasExponent = true
      offset += 1
      if offset < bytes.count,
        bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
      {
        offset += 1
      }
      var exponent: UInt64 = 0
      _ = try self.digits(&exponent)
    }
    if digitCount <= ShortDecimal.digits && !hasExponent {
      let magnitude = ShortDecimal.value(digits, scale: scale)
      return isNegative ? -magnitude : magnitude
    }
    return try slowNumber(start..<offset)
  }

  private func slowNumber(_ range: Range<Int>) throws(JSONError) -> Double {
    let text = String(units: bytes.extracting(range))
    guard let value = Double(text) else { throw error(.invalidNumber, at: range.lowerBound) }
    guard value.isFinite else { throw error(.numberOutOfRange, at: range.lowerBound) }
    return value
  }

  /// Reads at least one digit; those past what a word holds count and do not add.
  @_lifetime(self: copy self)
  private mutating func digits(_ value: inout UInt64) throws(JSONError) -> Int {
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") else { break }
      value = value &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
      offset += 1
    }
    if offset == start { throw error(offset == bytes.count ? .unexpectedEnd : .invalidNumber) }
    return offset - start
  }
}
