internal import Glibc

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call: `"bind"`.
  public var call: String
  /// Its `errno`.
  public var code: Int32
  /// What it was about, such as a path.
  public var subject: String?

  /// Makes an error of its parts.
  public init(call: String, code: Int32, subject: String? = nil) {
    self.call = call
    self.code = code
    self.subject = subject
  }

  /// The call that has just failed in this thread.
  init(_ call: String, _ subject: String? = nil) {
    self.init(call: call, code: errno, subject: subject)
  }

  /// Whether rights are what is missing.
  public var isDenied: Bool { code == EACCES || code == EPERM }

  /// One sentence.
  public var description: String {
    // Safe: `strerror` gives a text that stays valid until the thread's next call of it.
    let reason = unsafe String(cString: strerror(code))
    guard let subject else { return "\(call): \(reason)" }
    return "\(call) `\(subject)`: \(reason)"
  }
}
