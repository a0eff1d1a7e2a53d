internal import Glibc

/// The program's three streams.
enum Terminal {
  /// Writes text and a line break to standard output.
  static func print(_ text: String) { write(Array((text + "\n").utf8), to: STDOUT_FILENO) }

  /// Writes bytes to standard output as they are.
  static func print(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  /// Writes text and a line break to standard error.
  static func complain(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }

  /// Whether a person looks at standard output.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// All of a file, or of standard input when the path is `-`.
  static func read(_ path: String, what: String) throws(Failure) -> [UInt8] {
    let isStandardInput = path == "-"
    // Safe: `open` reads the path's text during the call only.
    let descriptor =
      isStandardInput ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(.noInput, "\(what) `\(path)` can't be opened: \(reason(errno))")
    }
    defer { if !isStandardInput { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      // Safe: the buffer is as long as it says, and is used during the call only.
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        bytes += chunk[..<count]
        guard bytes.count <= inputBytes else {
          throw Failure(.badData, "\(what) `\(path)` is longer than \(inputBytes) bytes")
        }
      } else if count == 0 {
        return bytes
      } else if errno != EINTR {
        throw Failure(.noInput, "\(what) `\(path)` can't be read: \(reason(errno))")
      }
    }
  }

  /// A line of standard input without its line break, or `nil` at the end.
  static func readLine() -> String? { Swift.readLine(strippingNewline: true) }

  /// More than any message of the protocol holds, and little enough to keep in memory.
  private static let inputBytes = 64 << 20

  private static func reason(_ code: Int32) -> String {
    // Safe: `strerror` gives a text that stays valid until the thread's next call of it.
    unsafe String(cString: strerror(code))
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Safe: the buffer is as long as it says, and is used during the call only.
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        // Nobody reads any more; there is nobody to tell either.
        return
      }
    }
  }
}
