internal import Telemetry
internal import WorkerLink

/// What workers have counted that are gone, so that a sum over all workers never falls.
///
/// The keeper adds words up and does not know what they stand for; memory that was laid out by a release whose words
/// stand for something else is left out, by its fingerprint.
struct MetricsTotals: Equatable, Sendable {
  /// Of whose words these are the totals; 0 before the first worker has come.
  private(set) var fingerprint: UInt64 = 0
  /// When all words were zero, in microseconds since 1970.
  private(set) var sinceMicroseconds: UInt64
  private(set) var words = [UInt64](repeating: 0, count: MetricsLayout.counterWords)

  init(sinceMicroseconds: UInt64) { self.sinceMicroseconds = sinceMicroseconds }

  /// Takes what another keeper has handed on; `nil` where it is nothing of ours.
  init?(fingerprint: UInt64, sinceMicroseconds: UInt64, words: [(index: Int, value: UInt64)]) {
    self.fingerprint = fingerprint
    self.sinceMicroseconds = sinceMicroseconds
    for (index, value) in words {
      guard self.words.indices.contains(index) else { return nil }
      self.words[index] = value
    }
  }

  /// A worker of this release is there; counters of a release that counted otherwise begin anew.
  mutating func meet(_ fingerprint: UInt64, nowMicroseconds: UInt64) {
    guard fingerprint != self.fingerprint else { return }
    if self.fingerprint != 0 {
      self = MetricsTotals(sinceMicroseconds: nowMicroseconds)
    }
    self.fingerprint = fingerprint
  }

  /// Counts something that the keeper itself has seen.
  mutating func count(_ word: Int, by amount: UInt64 = 1) { words[word] &+= amount }

  /// Takes over what a worker has counted that is gone.
  mutating func fold(_ page: borrowing WorkerPage) {
    guard page.metric(MetricsLayout.fingerprint) == fingerprint else { return }
    for word in 1..<MetricsLayout.counterWords { words[word] &+= page.metric(word) }
  }

  /// What is worth handing on.
  var handedOn: [(index: Int, value: UInt64)] {
    words.indices.filter { words[$0] != 0 }.map { ($0, words[$0]) }
  }
}
