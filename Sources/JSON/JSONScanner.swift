/// Reads one event after another off a JSON text.
@usableFromInline
struct JSONScanner: ~Escapable {
  /// A part of the text; a text without escapes is a range of it.
  @usableFromInline
  enum Event {
    case null
    case logical(Bool)
    case number(Double)
    case text(Range<Int>)
    case unescapedText
    case key(Range<Int>)
    case unescapedKey
    case beginObject
    case endObject
    case beginList
    case endList
    /// Nothing yet: the reading stands inside a text with escapes.
    case paused
  }

  /// What may come next.
  enum Expectation: Sendable {
    case value
    case firstElementOrEnd
    case firstKeyOrEnd
    case key
    case separatorOrEnd
    case end
    /// The rest of a text with escapes.
    case restOfText
    /// The rest of a key with escapes, which began here.
    case restOfKey(start: Int)
  }

  /// The last text with escapes, resolved.
  @usableFromInline var unescaped: [UInt8] = []

  let bytes: Span<UInt8>
  let limits: JSONLimits
  var offset = 0
  /// Where a text with escapes is set aside, to be read on later.
  var pause = Int.max
  /// Where the last value began.
  private(set) var lastValueOffset = 0
  private var expectation = Expectation.value
  private var values = 0
  /// The open containers; true is an object.
  private var isObject: [Bool] = []
  private var keys = JSONKeySet()

  @usableFromInline @_lifetime(copy bytes)
  init(_ bytes: RawSpan, limits: JSONLimits) {
    // Safe: bytes of any content are bytes.
    self.bytes = unsafe bytes._unsafeView(as: UInt8.self)
    self.limits = limits
  }

  /// Takes memory before the first event, and gives it back after the last.
  @usableFromInline @_lifetime(self: copy self)
  mutating func exchange(with memory: inout JSONMemory) {
    swap(&unescaped, &memory.unescaped)
    swap(&isObject, &memory.isObject)
    swap(&keys, &memory.keys)
    // Of a text that ended early something may be left.
    isObject.removeAll(keepingCapacity: true)
    keys.removeAll()
  }

  /// How far a text has been read: with the same bytes and limits, all that it takes to read on.
  struct Progress: Sendable {
    fileprivate(set) var offset = 0
    fileprivate var lastValueOffset = 0
    fileprivate var expectation = Expectation.value
    fileprivate var values = 0
    fileprivate var isObject: [Bool] = []
    fileprivate var keys = JSONKeySet()
    fileprivate var unescaped: [UInt8] = []
  }

  var progress: Progress {
    Progress(
      offset: offset, lastValueOffset: lastValueOffset, expectation: expectation, values: values,
      isObject: isObject, keys: keys, unescaped: unescaped)
  }

  /// Reads on where another scanner of the same bytes has stopped.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, limits: JSONLimits, at progress: Progress) {
    self.init(bytes, limits: limits)
    offset = progress.offset
    lastValueOffset = progress.lastValueOffset
    expectation = progress.expectation
    values = progress.values
    isObject = progress.isObject
    keys = progress.keys
    unescaped = progress.unescaped
  }

  /// The next event, or `nil` behind the value.
  @usableFromInline @_lifetime(self: copy self)
  mutating func next() throws(JSONError) -> Event? {
    if offset == 0 { try checkBeginning() }
    switch expectation {
    case .restOfText: return try restOfText()
    case .restOfKey(let start): return try restOfKey(from: start)
    default: skipSpace()
    }
    switch expectation {
    case .end:
      guard offset == bytes.count else { throw error(.trailingBytes) }
      return nil
    case .value: return try value()
    case .firstElementOrEnd:
      if try current() == UInt8(ascii: "]") { return try close() }
      return try value()
    case .firstKeyOrEnd:
      if try current() == UInt8(ascii: "}") { return try close() }
      return try key()
    case .key: return try key()
    case .separatorOrEnd, .restOfText, .restOfKey: return try separatorOrEnd()
    }
  }

  private func checkBeginning() throws(JSONError) {
    guard bytes.count <= limits.byteCount else {
      throw error(.tooLong(limit: limits.byteCount), at: 0)
    }
    if bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF {
      throw error(.byteOrderMark, at: 0)
    }
  }

  @_lifetime(self: copy self)
  private mutating func skipSpace() {
    offset = bytes.endOfSpace(from: offset)
  }

  private func current() throws(JSONError) -> UInt8 {
    guard offset < bytes.count else {
      throw error(values == 0 && isObject.isEmpty ? .empty : .unexpectedEnd)
    }
    return bytes[offset]
  }

  @_lifetime(self: copy self)
  private mutating func separatorOrEnd() throws(JSONError) -> Event {
    let byte = try current()
    let isInObject = isObject.last == true
    if byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return try close() }
    guard byte == UInt8(ascii: ",") else {
      throw error(.unexpectedByte(byte, expected: isInObject ? "`,` or `}`" : "`,` or `]`"))
    }
    offset += 1
    skipSpace()
    return isInObject ? try key() : try value()
  }

  @_lifetime(self: copy self)
  private mutating func value() throws(JSONError) -> Event {
    let byte = try current()
    lastValueOffset = offset
    values += 1
    guard values <= limits.values else { throw error(.tooManyValues(limit: limits.values)) }
    let event: Event
    switch byte {
    case UInt8(ascii: "{"):
      try open(isObject: true)
      return .beginObject
    case UInt8(ascii: "["):
      try open(isObject: false)
      return .beginList
    case UInt8(ascii: "\""):
      guard let range = try text() else { return try restOfText() }
      event = .text(range)
    case UInt8(ascii: "t"): event = .logical(try word("true", true))
    case UInt8(ascii: "f"): event = .logical(try word("false", false))
    case UInt8(ascii: "n"):
      _ = try word("null", true)
      event = .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): event = .number(try number())
    default: throw error(.unexpectedByte(byte, expected: "a value"))
    }
    expectation = isObject.isEmpty ? .end : .separatorOrEnd
    return event
  }

  /// Reads on in a value that is a text with escapes.
  @_lifetime(self: copy self)
  private mutating func restOfText() throws(JSONError) -> Event {
    guard try textWithEscapes() else {
      expectation = .restOfText
      return .paused
    }
    expectation = isObject.isEmpty ? .end : .separatorOrEnd
    return .unescapedText
  }

  @_lifetime(self: copy self)
  private mutating func open(isObject object: Bool) throws(JSONError) {
    guard isObject.count < limits.nesting else { throw error(.tooDeep(limit: limits.nesting)) }
    isObject.append(object)
    if object { keys.beginObject() }
    expectation = object ? .firstKeyOrEnd : .firstElementOrEnd
    offset += 1
  }

  @_lifetime(self: copy self)
  private mutating func close() throws(JSONError) -> Event {
    offset += 1
    guard let wasObject = isObject.popLast() else { throw error(.trailingBytes) }
    if wasObject { keys.endObject() }
    expectation = isObject.isEmpty ? .end : .separatorOrEnd
    return wasObject ? .endObject : .endList
  }

  @_lifetime(self: copy self)
  private mutating func key() throws(JSONError) -> Event {
    let byte = try current()
    guard byte == UInt8(ascii: "\"") else {
      throw error(.unexpectedByte(byte, expected: "a key in `\"`"))
    }
    let start = offset
    guard let range = try text() else { return try restOfKey(from: start) }
    guard range.count <= limits.nameBytes else { throw nameTooLong(at: start) }
    guard keys.insert(bytes.extracting(range)) else {
      throw error(.duplicateKey(String(units: bytes.extracting(range))), at: start)
    }
    try endKey()
    return .key(range)
  }

  /// Reads on in a key with escapes.
  @_lifetime(self: copy self)
  private mutating func restOfKey(from start: Int) throws(JSONError) -> Event {
    guard try textWithEscapes() else {
      expectation = .restOfKey(start: start)
      return .paused
    }
    let name = unescaped
    guard name.count <= limits.nameBytes else { throw nameTooLong(at: start) }
    guard keys.insert(name.span) else {
      throw error(.duplicateKey(String(decoding: name, as: UTF8.self)), at: start)
    }
    try endKey()
    return .unescapedKey
  }

  private func nameTooLong(at start: Int) -> JSONError {
    error(.nameTooLong(limit: limits.nameBytes), at: start)
  }

  @_lifetime(self: copy self)
  private mutating func endKey() throws(JSONError) {
    skipSpace()
    let colon = try current()
    guard colon == UInt8(ascii: ":") else {
      throw error(.unexpectedByte(colon, expected: "`:`"))
    }
    offset += 1
    expectation = .value
  }

  @_lifetime(self: copy self)
  private mutating func word(_ word: StaticString, _ value: Bool) throws(JSONError) -> Bool {
    // Safe: the index stays below the count.
    for index in 0..<word.utf8CodeUnitCount {
      let wanted = unsafe word.utf8Start[index]
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      guard bytes[offset] == wanted else {
        throw error(.unexpectedByte(bytes[offset], expected: "`\(word)`"))
      }
      offset += 1
    }
    return value
  }

  /// An error at an offset, or where the reading stands.
  func error(_ code: JSONError.Code, at place: Int? = nil) -> JSONError {
    let place = min(place ?? offset, bytes.count)
    var line = 1
    var column = 1
    for index in 0..<place {
      if bytes[index] == 0x0A {
        line += 1
        column = 1
      } else if bytes[index] & 0xC0 != 0x80 {
        column += 1
      }
    }
    return JSONError(code: code, offset: place, line: line, column: column)
  }
}
