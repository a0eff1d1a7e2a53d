internal import Glibc

/// What journald is told of a line's weight: a number before it, which it takes off again.
///
/// - Source: sd-daemon(3), `SD_INFO` and its like; systemd.exec(5), `$JOURNAL_STREAM`.
enum JournalPriority {
  /// Whether a descriptor leads to journald, as the service manager says.
  ///
  /// - Parameters:
  ///   - descriptor: Where lines go.
  ///   - stream: `$JOURNAL_STREAM`: device and inode of what journald reads. Whoever was started by a service, and
  ///     writes elsewhere, has it too.
  /// - Returns: Whether lines want their weight before them.
  static func isRead(_ descriptor: Int32, by stream: String?) -> Bool {
    let numbers = (stream ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard numbers.count == 2, let device = UInt64(numbers[0]), let inode = UInt64(numbers[1])
    else { return false }
    var status = stat()
    // Safe: the structure is written during the call only.
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }

  /// The mark of a line: `<6>` of one that informs.
  ///
  /// A line that is no record, such as why the daemon does not start, is an error.
  static func mark(of line: some Collection<UInt8>) -> [UInt8] {
    let head = String(decoding: line.prefix(longestHead), as: UTF8.self)
    let level = head.firstRange(of: #""level":""#).map {
      head[$0.upperBound...].prefix { $0 != "\"" }
    }
    let number =
      switch level {
      case "critical"?: 2
      case "warning"?: 4
      case "notice"?: 5
      case "info"?: 6
      case "debug"?, "trace"?: 7
      default: 3
      }
    return Array("<\(number)>".utf8)
  }

  /// The level stands behind the time, within so many bytes.
  private static let longestHead = 72
}
