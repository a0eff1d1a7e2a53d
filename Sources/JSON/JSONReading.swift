/// A JSON text on its way to a value, which can be set aside between any two steps.
///
/// Reads what ``JSONParser`` reads, and refuses what it refuses: whoever has others to serve need not let them
/// wait for all of a megabyte.
public struct JSONReading: Sendable {
  private let bytes: [UInt8]
  private var steps: JSONSteps
  private var builder = JSONValueBuilder()
  /// The value, once the text is read to its end.
  public private(set) var value: JSONValue?

  /// The reading of a text that is about to begin.
  public init(_ bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    steps = JSONSteps(limits: limits)
  }

  /// Reads on for about so many values, keys and brackets; a long text counts for as many as it has kilobytes.
  ///
  /// - Returns: Whether there is more to read.
  /// - Throws: ``JSONError`` with the place.
  public mutating func step(events: Int) throws(JSONError) -> Bool {
    guard value == nil else { return false }
    let source = bytes
    // Safe: bytes of any content are bytes.
    let isMore = unsafe try steps.step(events: events, of: source.span.bytes, into: &builder)
    if isMore { return true }
    value = builder.value ?? .null
    builder = JSONValueBuilder()
    return false
  }

  /// Ends the reading, and gives up what came of it, to be given back in steps.
  public mutating func remains() -> JSONRemains {
    var values = builder.takeAll()
    if let value { values.append(value) }
    value = nil
    return JSONRemains(of: values)
  }
}
