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

  /// Columns of the terminal, else what `COLUMNS` says, else 100.
  static var columns: Int {
    var size = winsize()
    // Safe: the structure is written during the call only.
    if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return max(Int(size.ws_col), 40)
    }
    return environment("COLUMNS").flatMap { Int($0) }.map { max($0, 40) } ?? 100
  }

  /// Whether text may hold more than ASCII, as the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set says.
  static var isUTF8: Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment)
    guard let locale = names.first(where: { !$0.isEmpty }) else { return false }
    let encoding = locale.uppercased().replacing("-", with: "")
    return encoding.contains("UTF8")
  }

  /// Whether a person looks at standard output who has not asked for no colour.
  ///
  /// - Source: no-color.org: `NO_COLOR` set to anything but the empty text.
  static var hasColor: Bool {
    isInteractive && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
  }

  /// Whether root asks.
  static var isRoot: Bool { geteuid() == 0 }

  /// Whether there is a file that is no folder.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    // Safe: path and structure are used during the call only.
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// A variable of the environment.
  static func environment(_ name: String) -> String? {
    // Safe: the text is copied at once; nobody here changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

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
