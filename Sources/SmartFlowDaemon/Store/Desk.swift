internal import Catalog
internal import UnixSocket

/// Memory that the keeper shares with one worker: where a question to the store lies, and then its answer.
///
/// A class, since a process may have none, and of an optional that can't be copied nothing can be lent.
final class Desk {
  private let bytes: SharedBytes

  init() throws(SystemError) {
    bytes = try SharedBytes(
      creating: "smartflow-desk", byteCount: Limits.deskBytes, capacity: Limits.deskBytes,
      othersMayWrite: true)
  }

  /// The memory's file under a number of at least `lowest`.
  func duplicate(atLeast lowest: Int32) throws(SystemError) -> Descriptor {
    try bytes.descriptor.duplicate(atLeast: lowest)
  }

  /// A copy of what lies there, since the worker could change it while it is read; `nil` when it says too much.
  func read(_ byteCount: Int) -> [UInt8]? {
    guard byteCount <= bytes.capacity else { return nil }
    return bytes.withBytes(0..<byteCount) { span in
      // Safe: bytes of any content are bytes.
      unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
  }

  /// Lays an answer there.
  func write(_ answer: [UInt8]) {
    // Safe: bytes of any content are bytes.
    unsafe bytes.write(answer.span.bytes, at: 0)
  }
}
