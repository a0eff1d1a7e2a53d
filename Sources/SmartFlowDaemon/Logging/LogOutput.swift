internal import Glibc
internal import WorkerLink

/// Where log lines go: a descriptor that may be a terminal, a file or a pipe that nobody reads.
///
/// Never waits. What finds no room is kept up to a bound; past it lines are counted, and the count is
/// written once there is room again. Used by the keeper's one thread.
final class LogOutput: @unchecked Sendable {
  // Unchecked: a log handler must be Sendable, and all that logs in this process runs on one thread.

  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var written = 0
  private(set) var droppedLines = 0
  /// Dropped since the process began.
  private(set) var allDroppedLines: UInt64 = 0
  /// Lines of the keeper's own that matter less are not written.
  var level = LogLevel.info

  /// Bytes kept for a reader who is slow; some thousand lines.
  private static let pendingBytes = 4 << 20
  /// What a pipe that says it has room takes without waiting: pipe(7), PIPE_BUF.
  private static let chunkBytes = 4096

  /// Whether each line begins with the mark that journald reads.
  private let isMarked: Bool

  /// - Parameters:
  ///   - descriptor: Where lines go.
  ///   - isMarked: Whether journald reads them.
  init(descriptor: Int32, isMarked: Bool = false) {
    self.descriptor = descriptor
    self.isMarked = isMarked
  }

  /// Whether lines wait for their reader.
  var isWaiting: Bool { written < pending.count }

  /// Writes a line, or keeps it for later.
  func write(line: some Collection<UInt8>) {
    append(line: line)
    flush()
  }

  /// Keeps a line for the next flush.
  func append(line: some Collection<UInt8>) {
    guard pending.count - written + line.count < Self.pendingBytes else {
      droppedLines += 1
      allDroppedLines += 1
      return
    }
    if isMarked { pending.append(contentsOf: JournalPriority.mark(of: line)) }
    pending.append(contentsOf: line)
    pending.append(0x0A)
  }

  /// Writes what there is room for.
  func flush() {
    while written < pending.count {
      var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // Safe: one structure, used during the call only.
      guard unsafe poll(&poller, 1, 0) == 1, poller.revents & Int16(POLLOUT) != 0 else { return }
      let count = min(Self.chunkBytes, pending.count - written)
      // Safe: the range lies inside the buffer.
      let result = unsafe pending.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), count)
      }
      if result > 0 { written += result } else if errno != EINTR { return }
    }
    pending.removeAll(keepingCapacity: pending.capacity < 1 << 16)
    written = 0
    if droppedLines > 0 {
      let count = droppedLines
      droppedLines = 0
      write(line: Array(#"{"level":"warning","event":"log_lines_dropped","count":\#(count)}"#.utf8))
    }
  }
}
