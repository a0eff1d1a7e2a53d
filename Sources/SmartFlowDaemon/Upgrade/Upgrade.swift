internal import UnixSocket

/// How far the keeper has come in making room for another release of itself.
struct Upgrade {
  /// The program that looks whether it could go on.
  final class Check {
    let process: ChildProcess
    /// The other end of its standard error.
    let words: Descriptor
    /// When it has taken too long, on the monotonic clock.
    let endsBy: UInt64

    init(process: consuming ChildProcess, words: consuming Descriptor, endsBy: UInt64) {
      self.process = process
      self.words = words
      self.endsBy = endsBy
    }
  }

  /// The look that is under way.
  var check: Check?
  /// By when the change is made, on the monotonic clock, once the program has said that it could go on.
  var dueBy: UInt64?
  /// The release that was taken over from, until the last of its workers has gone.
  var predecessor: String?
}
