/// A caller's place in a trace, as `traceparent` carries it.
///
/// - Source: W3C Trace Context, Level 2, section 3.2.
public struct TraceContext: Equatable, Sendable {
  /// The trace, never zero.
  public let traceID: (high: UInt64, low: UInt64)
  /// The span of the caller that the request is a part of, never zero.
  public let spanID: UInt64
  /// Whether the caller records it, and what else its bits say.
  public let flags: UInt8

  /// Version, trace, span and flags, and the dashes between them.
  private static let byteCount = 55

  /// Reads a `traceparent`, or gives `nil` where it is none: whoever gets a broken one does as if there were none.
  ///
  /// Of a version that is not known what comes behind the four known parts is left aside.
  public init?(parsing text: RawSpan) {
    // Safe: bytes of any content are bytes.
    let units = unsafe text._unsafeView(as: UInt8.self)
    guard units.count >= Self.byteCount, let version = Self.number(units, 0, 2), version != 0xFF,
      Self.isDash(units, 2), Self.isDash(units, 35), Self.isDash(units, 52),
      units.count == Self.byteCount || (version > 0 && Self.isDash(units, Self.byteCount)),
      let high = Self.number(units, 3, 16), let low = Self.number(units, 19, 16),
      let span = Self.number(units, 36, 16), let flags = Self.number(units, 53, 2),
      high | low != 0, span != 0
    else { return nil }
    traceID = (high, low)
    spanID = span
    self.flags = UInt8(flags)
  }

  /// Whether both are the same place.
  public static func == (left: TraceContext, right: TraceContext) -> Bool {
    left.traceID == right.traceID && left.spanID == right.spanID && left.flags == right.flags
  }

  private static func isDash(_ units: Span<UInt8>, _ index: Int) -> Bool {
    units[index] == UInt8(ascii: "-")
  }

  /// A number in lower-case hexadecimal digits; upper-case ones are none.
  private static func number(_ units: Span<UInt8>, _ start: Int, _ digits: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in start..<start + digits {
      let digit: UInt8
      switch units[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = units[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = units[index] - UInt8(ascii: "a") + 10
      default: return nil
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  /// Appends a number's digits.
  private static func append(_ value: UInt64, digits: Int, to output: inout [UInt8]) {
    for digit in stride(from: digits - 1, through: 0, by: -1) {
      let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * digit)) & 15
      output.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
    }
  }

  /// Appends the trace's 32 digits.
  public func appendTraceID(to output: inout [UInt8]) {
    Self.append(traceID.high, digits: 16, to: &output)
    Self.append(traceID.low, digits: 16, to: &output)
  }

  /// Appends the span's 16 digits.
  public func appendSpanID(to output: inout [UInt8]) {
    Self.append(spanID, digits: 16, to: &output)
  }

  /// Appends the two digits of the flags.
  public func appendFlags(to output: inout [UInt8]) {
    Self.append(UInt64(flags), digits: 2, to: &output)
  }

  /// The text for whoever is called next: of version 00, which every reader knows.
  public var traceparent: String {
    var bytes = Array("00-".utf8)
    appendTraceID(to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendSpanID(to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendFlags(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension RecordLine {
  /// Adds a place in a trace, under the names that readers of logs know.
  ///
  /// - Source: OpenTelemetry, "Trace Context in non-OTLP Log Formats".
  public mutating func member(_ trace: TraceContext) {
    member("trace_id") { trace.appendTraceID(to: &$0) }
    member("span_id") { trace.appendSpanID(to: &$0) }
    member("trace_flags") { trace.appendFlags(to: &$0) }
  }
}
