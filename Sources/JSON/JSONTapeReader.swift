internal import NumberText

/// Reads a small JSON text into the entries of a ``JSONTape``, or gives up.
struct JSONTapeReader: ~Escapable {
  let bytes: Span<UInt8>
  var offset = 0
  var entries: [JSONTape.Entry] = []
  var resolved: [UInt8] = []
  /// The innermost open container; its entry's bits are the next one's, and so on; -1 is none.
  private var container = -1
  private var isInObject = false
  private var depth = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
    // Measured: a tree has one for each eight to ten bytes.
    entries.reserveCapacity(bytes.count / 8 + 8)
  }

  /// Reads all.
  ///
  /// - Returns: Whether it is plain JSON.
  @_lifetime(self: copy self)
  mutating func read() -> Bool {
    guard isUTF8 else { return false }
    while true {
      guard beginValue() else { return false }
      // The value has ended, or its container has begun and is empty.
      while true {
        guard container >= 0 else {
          skipSpace()
          return offset == bytes.count
        }
        skipSpace()
        guard offset < bytes.count else { return false }
        if bytes[offset] == UInt8(ascii: ",") {
          offset += 1
          // Behind a bracket that has just opened there is no comma.
          guard entries.count > container + 1 else { return false }
          guard !isInObject || name() else { return false }
          break
        }
        guard bytes[offset] == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          return false
        }
        offset += 1
        close()
      }
    }
  }

  /// Whether all of it is UTF-8, and so each text in it: they begin and end with ASCII.
  private var isUTF8: Bool {
    var all: UInt8 = 0
    // Without an early end, so that many are looked at at once.
    for index in bytes.indices { all |= bytes[index] }
    return all < 0x80 || (try? UTF8Span(validating: bytes)) != nil
  }

  @_lifetime(self: copy self)
  private mutating func skipSpace() {
    offset = bytes.endOfSpace(from: offset)
  }

  @_lifetime(self: copy self)
  private mutating func add(_ kind: JSONTape.Kind, bits: UInt64 = 0) {
    entries.append(JSONTape.Entry(kind: kind, next: Int32(entries.count + 1), bits: bits))
  }

  /// Reads a value, of a container that is not empty up to the end of its first value.
  @_lifetime(self: copy self)
  private mutating func beginValue() -> Bool {
    while true {
      skipSpace()
      guard offset < bytes.count else { return false }
      switch bytes[offset] {
      case UInt8(ascii: "\""): return text()
      case UInt8(ascii: "{"):
        guard open(.object) else { return false }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "}") { return true }
        guard name() else { return false }
      case UInt8(ascii: "["):
        guard open(.list) else { return false }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "]") { return true }
      case UInt8(ascii: "t"): return word("true", .true)
      case UInt8(ascii: "f"): return word("false", .false)
      case UInt8(ascii: "n"): return word("null", .null)
      default: return number()
      }
    }
  }

  @_lifetime(self: copy self)
  private mutating func open(_ kind: JSONTape.Kind) -> Bool {
    depth += 1
    guard depth <= JSONLimits.plainNesting else { return false }
    add(kind, bits: UInt64(bitPattern: Int64(container)))
    container = entries.count - 1
    isInObject = kind == .object
    offset += 1
    skipSpace()
    return true
  }

  @_lifetime(self: copy self)
  private mutating func close() {
    depth -= 1
    entries[container].next = Int32(entries.count)
    container = Int(Int64(bitPattern: entries[container].bits))
    isInObject = container >= 0 && entries[container].kind == .object
  }

  @_lifetime(self: copy self)
  private mutating func word(_ word: StaticString, _ kind: JSONTape.Kind) -> Bool {
    let count = word.utf8CodeUnitCount
    guard offset + count <= bytes.count else { return false }
    for index in 0..<count {
      // Safe: the index is below the count.
      guard unsafe bytes[offset + index] == word.utf8Start[index] else { return false }
    }
    offset += count
    add(kind)
    return true
  }

  /// Reads a name and the colon behind it.
  @_lifetime(self: copy self)
  private mutating func name() -> Bool {
    skipSpace()
    let place = entries.count
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\""), text(), isNew(place) else {
      return false
    }
    skipSpace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { return false }
    offset += 1
    return true
  }

  /// Whether the name at a place, the last, is none of those before it in the same object, and one of few.
  private func isNew(_ place: Int) -> Bool {
    var other = container + 1
    var count = 1
    let range = entries[place].range
    while other < place {
      if entries[other].range.count == range.count, isSame(other, place) { return false }
      count += 1
      other = Int(entries[Int(entries[other].next)].next)
    }
    return count <= JSONLimits.plainMembers
  }

  private func isSame(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (entries[left], entries[right])
    let (start, other) = (left.range.lowerBound, right.range.lowerBound)
    for index in 0..<left.range.count {
      let byte = left.kind == .text ? bytes[start + index] : resolved[start + index]
      let against = right.kind == .text ? bytes[other + index] : resolved[other + index]
      if byte != against { return false }
    }
    return true
  }

  // MARK: Numbers

  @_lifetime(self: copy self)
  private mutating func number() -> Bool {
    let isNegative = bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    var digits: UInt64 = 0
    var scale = 0
    var count = 1
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
      offset += 1
    } else {
      count = self.digits(&digits)
      guard count > 0 else { return false }
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      scale = self.digits(&digits)
      guard scale > 0 else { return false }
    }
    // Past these it takes more to be exact. An exponent is what no value may have behind it.
    guard count + scale <= ShortDecimal.digits else { return false }
    let magnitude = ShortDecimal.value(digits, scale: scale)
    add(.number, bits: (isNegative ? -magnitude : magnitude).bitPattern)
    return true
  }

  @_lifetime(self: copy self)
  private mutating func digits(_ value: inout UInt64) -> Int {
    let start = offset
    while offset < bytes.count, case let digit = bytes[offset] &- UInt8(ascii: "0"), digit <= 9 {
      value = value &* 10 &+ UInt64(digit)
      offset += 1
    }
    return offset - start
  }
}
