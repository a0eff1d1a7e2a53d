/// A call as its frame carries it, `ttrpc.Request`, read in place.
///
/// It names ranges of the bytes that were decoded, and copies nothing.
public struct RequestEnvelope: Equatable, Sendable {
  /// The method, if it is one of ours.
  public private(set) var method: Method?
  /// The request message.
  public private(set) var payload = 0..<0
  /// How long the caller waits; 0 leaves it to the server, and a negative one is a mistake.
  public private(set) var timeoutNanoseconds: Int64 = 0

  private var serviceRange = 0..<0
  private var methodRange = 0..<0
  /// Where the W3C trace context stands, if the caller sent one.
  public private(set) var traceparentRange: Range<Int>?
  private var tracestateRange: Range<Int>?
  private var requestIDRange: Range<Int>?

  /// Reads an envelope; of a field that stands there twice the last one counts.
  ///
  /// - Parameter bytes: The frame's data.
  /// - Throws: ``MessageError`` when they are not an envelope.
  public init(decoding bytes: RawSpan) throws(MessageError) {
    let units = bytes.units
    var left = MessageLimits.requestFields
    do throws(Malformation) {
      var reader = WireReader(units, 0..<units.count)
      while left > 0, let (number, field) = try reader.next() {
        left -= 1
        switch (number, field) {
        case (1, .bytes(let range)): serviceRange = range
        case (2, .bytes(let range)): methodRange = range
        case (3, .bytes(let range)): payload = range
        case (4, .varint(let value)): timeoutNanoseconds = Int64(bitPattern: value)
        case (5, .bytes(let range)): try readMetadata(units, range, &left)
        case (1...5, _): throw .wrongWireType(field.wireType)
        default: break
        }
      }
    } catch {
      throw .malformed(field: "", error)
    }
    guard left > 0 else { throw .tooManyFields(limit: MessageLimits.requestFields) }
    method = Method(
      service: units.extracting(serviceRange), name: units.extracting(methodRange))
    if method == nil {
      try Self.check(bytes, serviceRange, "service")
      try Self.check(bytes, methodRange, "method")
    }
    for range in [traceparentRange, tracestateRange, requestIDRange] {
      if let range { try Self.check(bytes, range, "metadata.value") }
    }
  }

  /// The service's name as it came.
  public func service(in bytes: RawSpan) -> String {
    String(decoding: bytes.extracting(serviceRange))
  }

  /// The method's name as it came.
  public func methodName(in bytes: RawSpan) -> String {
    String(decoding: bytes.extracting(methodRange))
  }

  /// The W3C trace context, if the caller sent one.
  public func traceparent(in bytes: RawSpan) -> String? {
    traceparentRange.map { String(decoding: bytes.extracting($0)) }
  }

  /// The W3C trace state, if the caller sent one.
  public func tracestate(in bytes: RawSpan) -> String? {
    tracestateRange.map { String(decoding: bytes.extracting($0)) }
  }

  /// The caller's own name for the call, if it sent one.
  public func requestID(in bytes: RawSpan) -> String? {
    requestIDRange.map { String(decoding: bytes.extracting($0)) }
  }

  private mutating func readMetadata(
    _ units: Span<UInt8>, _ range: Range<Int>, _ left: inout Int
  ) throws(Malformation) {
    var key = 0..<0
    var value = 0..<0
    var reader = WireReader(units, range)
    while left > 0, let (number, field) = try reader.next() {
      left -= 1
      switch (number, field) {
      case (1, .bytes(let range)): key = range
      case (2, .bytes(let range)): value = range
      case (1...2, _): throw .wrongWireType(field.wireType)
      default: break
      }
    }
    let name = units.extracting(key)
    if name.hasSameLetters(as: "traceparent".utf8.span) {
      traceparentRange = value
    } else if name.hasSameLetters(as: "tracestate".utf8.span) {
      tracestateRange = value
    } else if name.hasSameLetters(as: "x-request-id".utf8.span) {
      requestIDRange = value
    }
  }

  private static func check(
    _ bytes: RawSpan, _ range: Range<Int>, _ field: String
  ) throws(MessageError) {
    guard range.count <= MessageLimits.envelopeTextBytes else {
      throw .textTooLong(field: field, limit: MessageLimits.envelopeTextBytes)
    }
    switch Text.check(bytes.extracting(range)) {
    case .sound: break
    case .containsNUL: throw .containsNUL(field: field)
    case .invalidUTF8: throw .invalidUTF8(field: field)
    }
  }
}
