/// What became of the calls.
struct Tally: Sendable {
  var made = 0
  var answered = 0
  /// Calls that failed, by their code.
  var failed: [String: Int] = [:]
  /// How long each answered call took, in nanoseconds.
  var times: [Int64] = []

  mutating func add(_ other: Tally) {
    made += other.made
    answered += other.answered
    failed.merge(other.failed, uniquingKeysWith: +)
    times += other.times
  }

  /// One JSON object; times in microseconds.
  var json: String {
    let sorted = times.sorted()
    func microseconds(_ share: Double) -> Double {
      guard let last = sorted.last else { return 0 }
      let rank = Int(Double(sorted.count) * share)
      return Double(rank < sorted.count ? sorted[rank] : last) / 1000
    }
    let failures = failed.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    return """
      {"made": \(made), "answered": \(answered), "failed": {\(failures.joined(separator: ", "))}, \
      "p50_us": \(microseconds(0.5)), "p99_us": \(microseconds(0.99)), "max_us": \(microseconds(1))}
      """
  }
}
