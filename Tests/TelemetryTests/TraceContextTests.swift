import Telemetry
import Testing

@Suite struct `A place in a trace` {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let span = "00f067aa0ba902b7"

  private func read(_ text: String) -> TraceContext? {
    let bytes = Array(text.utf8)
    return TraceContext(parsing: bytes.span.bytes)
  }

  @Test func `is read as it is written`() throws {
    let text = "00-\(Self.trace)-\(Self.span)-01"
    let context = try #require(read(text))
    #expect(context.traceparent == text)
    #expect(context.flags == 1)
    var (traceID, spanID): ([UInt8], [UInt8]) = ([], [])
    context.appendTraceID(to: &traceID)
    context.appendSpanID(to: &spanID)
    #expect(String(decoding: traceID, as: UTF8.self) == Self.trace)
    #expect(String(decoding: spanID, as: UTF8.self) == Self.span)
  }

  @Test(arguments: ["01", "cc", "fe"])
  func `of a version to come is read as far as it is known, and passed on as ours`(
    version: String
  ) {
    for rest in ["", "-", "-what-will-be"] {
      let context = read("\(version)-\(Self.trace)-\(Self.span)-00\(rest)")
      #expect(context?.traceparent == "00-\(Self.trace)-\(Self.span)-00")
    }
    #expect(read("\(version)-\(Self.trace)-\(Self.span)-00x") == nil)
  }

  @Test(arguments: [
    "", "00", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-x",
    "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-0g", "00-\(trace)-\(span)",
    "00_\(trace)-\(span)-01",
    "00-\(trace)_\(span)-01", "00-\(trace)-\(span)_01", "0G-\(trace)-\(span)-01",
    "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-\(trace)-00F067AA0BA902B7-01",
    " 00-\(trace)-\(span)-01", "00-\(trace)-\(span)-01 ",
    "00-+bf92f3577b34da6a3ce929d0e0e4736-\(span)-01",
  ])
  func `is nothing else`(text: String) { #expect(read(text) == nil) }

  @Test func `stands in a line under the names that readers know`() throws {
    var line = RecordLine()
    line.begin(event: "x", level: "info", at: WallTime(microseconds: 0))
    line.member(try #require(read("00-\(Self.trace)-\(Self.span)-01")))
    line.end()
    #expect(
      String(decoding: line.bytes, as: UTF8.self).hasSuffix(
        #","trace_id":"\#(Self.trace)","span_id":"\#(Self.span)","trace_flags":"01"}"#))
  }
}
