internal import JSON

// Counters as texts, since a double does not hold all of them: `"17=42"` is the word 17, and those that are zero are
// left out.
extension Takeover {
  static func value(_ metrics: MetricsTotals?) -> JSONValue {
    guard let metrics else { return .null }
    return .object([
      "fingerprint": .string(String(metrics.fingerprint)),
      "since": .string(String(metrics.sinceMicroseconds)),
      "words": .array(metrics.handedOn.map { .string("\($0.index)=\($0.value)") }),
    ])
  }

  static func metrics(_ value: JSONValue?) throws(Failure) -> MetricsTotals? {
    if value == .null { return nil }
    guard case .object(let object)? = value,
      case .string(let fingerprint)? = object["fingerprint"],
      let fingerprint = UInt64(fingerprint),
      case .string(let since)? = object["since"], let since = UInt64(since),
      case .array(let texts)? = object["words"]
    else { throw .malformed("metrics") }
    var words: [(index: Int, value: UInt64)] = []
    for text in texts {
      guard case .string(let text) = text else { throw .malformed("metrics") }
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let index = Int(parts[0]), let value = UInt64(parts[1]) else {
        throw .malformed("metrics")
      }
      words.append((index, value))
    }
    let totals = MetricsTotals(
      fingerprint: fingerprint, sinceMicroseconds: since, words: words)
    guard let totals else { throw .malformed("metrics") }
    return totals
  }
}
