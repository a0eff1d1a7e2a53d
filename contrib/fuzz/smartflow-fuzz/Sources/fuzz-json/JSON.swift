import FuzzSupport
import JSON

/// Reads JSON in both forms and writes it in all three.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { bytes in
    var sink = StrictSink(allowsNUL: true)
    let events = attempt { () throws(JSONError) in
      try JSONParser.parse(bytes, limits: limits, into: &sink)
    }
    switch (parsed(bytes), events) {
    case (.failure(let error), .failure(let other)):
      require(error == other, "the two forms fail differently: \(error), \(other)")
      check(error, in: bytes)
    case (.success(let value), .success):
      require(sink.isWhole, "the sink was not given one whole value")
      require(sink.depth <= limits.nesting, "\(sink.depth) nested")
      require(sink.values <= limits.values, "\(sink.values) values")
      checkRoundTrips(value)
      checkPositions(value, in: bytes)
    case (let value, let events):
      broken("the two forms do not agree: \(value), \(events)")
    }
  }
}

/// As strict as a worker is with trees, so that every limit can be reached.
private let limits = JSONLimits(byteCount: 8 << 10, nesting: 64, values: 1_000)

private func attempt<Success>(
  _ body: () throws(JSONError) -> Success
) -> Result<Success, JSONError> {
  do throws(JSONError) { return .success(try body()) } catch { return .failure(error) }
}

private func parsed(_ bytes: RawSpan) -> Result<JSONValue, JSONError> {
  attempt { () throws(JSONError) in try JSONParser.parse(bytes, limits: limits) }
}

private func reparsed(_ text: [UInt8]) -> JSONValue {
  text.withExactBytes { bytes in
    do throws(JSONError) {
      return try JSONParser.parse(bytes)
    } catch {
      broken("what was written does not parse: \(error): \(String(decoding: text, as: UTF8.self))")
    }
  }
}

private func checkRoundTrips(_ value: JSONValue) {
  var canonical: [UInt8] = []
  JSONWriter.appendCanonical(value, to: &canonical)
  let again = reparsed(canonical)
  require(again == value, "canonical JSON is another value: \(again)")
  var second: [UInt8] = []
  JSONWriter.appendCanonical(again, to: &second)
  require(second == canonical, "canonical JSON is no fixed point")
  var compact: [UInt8] = []
  JSONWriter.append(value, to: &compact)
  require(reparsed(compact) == value, "compact JSON is another value")
  var pretty: [UInt8] = []
  JSONWriter.appendPretty(value, to: &pretty)
  require(reparsed(pretty) == value, "pretty JSON is another value")
}

/// The place of an error is inside the text, and line and column are those of its offset.
private func check(_ error: JSONError, in bytes: RawSpan) {
  require(!error.reason.isEmpty, "an error says nothing")
  require((0...bytes.byteCount).contains(error.offset), "an error at \(error.offset)")
  let before = bytes.array.prefix(error.offset)
  let line = before.split(separator: 0x0A, omittingEmptySubsequences: false)
  let column = (line.last ?? []).count { $0 & 0xC0 != 0x80 }
  require(
    error.line == line.count && error.column == column + 1,
    "offset \(error.offset) is not at line \(error.line), column \(error.column)")
}

/// The last value of each container, all the way down, is found where it is.
private func checkPositions(_ value: JSONValue, in bytes: RawSpan) {
  let lines = bytes.array.count { $0 == 0x0A } + 1
  var pointer = JSONPointer()
  var value = value
  while true {
    guard let position = JSONParser.position(of: pointer, in: bytes) else {
      broken("nothing is found at `\(pointer)`")
    }
    require(
      (1...lines).contains(position.line) && position.column >= 1, "`\(pointer)` at \(position)")
    require(
      JSONPointer(parsing: pointer.description) == pointer, "`\(pointer)` is read as another")
    switch value {
    case .array(let elements):
      guard let last = elements.last else { return }
      pointer = pointer.appending(elements.count - 1)
      value = last
    case .object(let object):
      guard let last = object.last else { return }
      pointer = pointer.appending(last.key)
      value = last.value
    case .null, .bool, .number, .string: return
    }
  }
}
