/// Reads JSON, strictly.
///
/// UTF-8 only, no duplicate keys, no lone surrogates, no number that a double can't hold, nothing behind
/// the value. Iterative: depth costs a bit of memory, never stack.
///
/// - Source: RFC 8259; I-JSON (RFC 7493) for what it leaves open.
public enum JSONParser {
  /// Reads a text into a value.
  ///
  /// - Throws: ``JSONError`` with the place.
  public static func parse(
    _ bytes: RawSpan, limits: JSONLimits = .standard
  ) throws(JSONError) -> JSONValue {
    var builder = JSONValueBuilder()
    try parse(bytes, limits: limits, into: &builder)
    return builder.value ?? .null
  }

  /// Reads a text and gives its values to a sink as they come.
  ///
  /// The sink has seen part of the text when an error is thrown.
  ///
  /// - Throws: ``JSONError`` with the place.
  @inlinable
  public static func parse<Sink: JSONSink>(
    _ bytes: RawSpan, limits: JSONLimits, into sink: inout Sink
  ) throws(JSONError) {
    var memory = JSONMemory()
    try parse(bytes, limits: limits, into: &sink, using: &memory)
  }

  /// As ``parse(_:limits:into:)``, with memory that is kept from text to text, so that nothing is allocated once it has
  /// grown.
  ///
  /// - Throws: ``JSONError`` with the place.
  @inlinable
  public static func parse<Sink: JSONSink>(
    _ bytes: RawSpan, limits: JSONLimits, into sink: inout Sink, using memory: inout JSONMemory
  ) throws(JSONError) {
    var scanner = JSONScanner(bytes, limits: limits)
    scanner.exchange(with: &memory)
    defer { scanner.exchange(with: &memory) }
    while let event = try scanner.next() {
      scanner.give(event, of: bytes, to: &sink)
    }
  }
}

/// What the reading of a text takes besides its bytes: places of open containers, keys, a text with escapes.
///
/// As much as the largest text took that was read with it, which is less than the text itself and 40 bytes a key.
public struct JSONMemory: Sendable {
  var unescaped: [UInt8] = []
  var isObject: [Bool] = []
  var keys = JSONKeySet()

  /// No memory yet.
  public init() {}
}

extension JSONScanner {
  /// Tells a sink of an event that was just read off `bytes`.
  @inlinable @inline(__always)
  func give<Sink: JSONSink>(_ event: Event, of bytes: RawSpan, to sink: inout Sink) {
    switch event {
    case .paused: break
    case .null: sink.null()
    case .logical(let value): sink.logical(value)
    case .number(let value): sink.number(value)
    case .beginObject: sink.beginObject()
    case .endObject: sink.endObject()
    case .beginList: sink.beginList()
    case .endList: sink.endList()
    case .text(let range): sink.text(bytes.extracting(range))
    case .key(let range): sink.key(bytes.extracting(range))
    // Safe: bytes of any content are bytes.
    case .unescapedText: unsafe sink.text(unescaped.span.bytes)
    case .unescapedKey: unsafe sink.key(unescaped.span.bytes)
    }
  }
}
