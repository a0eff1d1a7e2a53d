/// Reads a JSON text as ``JSONParser`` does, and can be set aside between any two steps.
public struct JSONSteps: Sendable {
  private let limits: JSONLimits
  private var progress = JSONScanner.Progress()

  /// Bytes of a text with escapes that are read in one step: some 20 µs.
  private static let escapedBytesAtOnce = 8 << 10

  /// The reading of a text that is about to begin.
  public init(limits: JSONLimits) { self.limits = limits }

  /// Gives about so many values, keys and brackets to a sink; a long text counts for as many as it has kilobytes.
  ///
  /// - Parameters:
  ///   - events: About how many.
  ///   - bytes: The text, the same in all steps.
  ///   - sink: Takes what is read; it has seen part of the text when an error is thrown.
  /// - Returns: Whether there is more to read; after the last no step may follow.
  /// - Throws: ``JSONError`` with the place.
  public mutating func step<Sink: JSONSink>(
    events: Int, of bytes: RawSpan, into sink: inout Sink
  ) throws(JSONError) -> Bool {
    var scanner = JSONScanner(bytes, limits: limits, at: progress)
    // Nobody else holds on to what the scanner is about to change.
    progress = JSONScanner.Progress()
    var left = events
    while left > 0 {
      let before = scanner.offset
      scanner.pause = before + Self.escapedBytesAtOnce
      guard let event = try scanner.next() else { return false }
      scanner.give(event, of: bytes, to: &sink)
      if case .paused = event { break }
      left -= 1 + (scanner.offset - before) >> 10
    }
    progress = scanner.progress
    return true
  }
}
