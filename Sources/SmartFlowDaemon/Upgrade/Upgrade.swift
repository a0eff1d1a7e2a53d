internal import Glibc
internal import UnixSocket

/// How far the keeper has come in making room for another release of itself.
struct Upgrade: ~Copyable {
  /// The program that looks whether it could go on, and the other end of its standard error.
  struct Check: ~Copyable {
    let process: ChildProcess
    let words: Descriptor
    /// When it has taken too long, on the monotonic clock.
    let endsBy: UInt64
  }

  /// The look that is under way.
  var check: Check?
  /// By when the change is made, on the monotonic clock, once the program has said that it could go on.
  var dueBy: UInt64?
  /// The release that was taken over from, until the last of its workers has gone.
  var predecessor: String?

  init() {}

  /// When the look has taken too long, on the monotonic clock.
  var checkEndsBy: UInt64? {
    switch check {
    case .some(let check): check.endsBy
    case .none: nil
    }
  }

  /// Ends a look that takes too long; what became of it is then read like any other end.
  func endCheck() {
    switch check {
    case .some(let check): check.process.signal(SIGKILL)
    case .none: break
    }
  }
}
