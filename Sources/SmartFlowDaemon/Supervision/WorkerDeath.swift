internal import Glibc
internal import UnixSocket
internal import WorkerLink

/// One worker's end that nobody had asked for, with all that is known of it.
struct WorkerDeath {
  var end: ChildProcess.End
  var reason: DeathReason
  /// What it had in hand.
  var mark: WorkMark?
  /// The watchdog's words, when it was the watchdog.
  var hang: Watchdog.Hang?

  /// Judges an end.
  ///
  /// - Parameters:
  ///   - end: What the kernel says of it.
  ///   - mark: What the worker had in hand when it ended.
  ///   - hang: Why the watchdog has sent it SIGKILL, if it has.
  ///   - machineRanOutOfMemory: Whether the kernel's out-of-memory killer has been at work.
  init(
    _ end: ChildProcess.End, mark: WorkMark?, hang: Watchdog.Hang?,
    machineRanOutOfMemory: @autoclosure () -> Bool
  ) {
    self.end = end
    self.mark = mark
    reason =
      switch end {
      case .exited: .exit
      case .signalled(SIGKILL) where hang != nil: .watchdog
      case .signalled(SIGKILL): machineRanOutOfMemory() ? .outOfMemory : .killed
      case .signalled(SIGSYS): .forbiddenCall
      case .signalled(SIGILL), .signalled(SIGTRAP), .signalled(SIGABRT), .signalled(SIGBUS),
        .signalled(SIGFPE), .signalled(SIGSEGV):
        .crash
      case .signalled: .signal
      }
    // A worker can also crash between the watchdog's signal and its arrival.
    self.hang = reason == .watchdog ? hang : nil
  }

  /// The tree that is to blame for it.
  ///
  /// Not for what came from outside: somebody's `kill`, or a stop that the watchdog had to end.
  var culprit: TreeFingerprint? {
    switch reason {
    case .killed, .signal: nil
    case .watchdog where hang?.state == .stopped: nil
    case .watchdog, .crash, .outOfMemory, .forbiddenCall, .exit: mark?.tree
    }
  }

  /// The signal's name; `nil` for an exit.
  var signalName: String? {
    guard case .signalled(let number) = end else { return nil }
    return Self.signalNames[number] ?? "signal \(number)"
  }

  private static let signalNames: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL",
    SIGUSR1: "SIGUSR1", SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE",
    SIGALRM: "SIGALRM", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
    SIGSYS: "SIGSYS",
  ]
}

/// The machine's out-of-memory killer, by the count that the kernel keeps of its kills.
///
/// - Source: `/proc/vmstat`, `oom_kill`; of the whole machine, so a kill elsewhere at the same time is taken
///   for one of ours.
struct OutOfMemoryCount {
  private var before: UInt64?
  private var latest: UInt64?
  private var nextSample: UInt64 = 0

  /// Takes a sample when it is time to.
  mutating func sample(now: UInt64) {
    guard now >= nextSample else { return }
    nextSample = now + SupervisionLimits.memoryCountNanoseconds
    note(Self.read())
  }

  /// Whether there were more kills in the time of one or two samples; the last sample alone may have been taken
  /// between a kill and its victim's end.
  func hasRisen() -> Bool { hasRisen(Self.read()) }

  mutating func note(_ count: UInt64?) {
    before = latest
    latest = count
  }

  func hasRisen(_ now: UInt64?) -> Bool {
    guard let now, let then = before ?? latest else { return false }
    return now > then
  }

  private static func read() -> UInt64? {
    // Safe: the path is read during the call only.
    let file = unsafe open("/proc/vmstat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    let descriptor = Descriptor(owning: file)
    // The kernel writes some four thousand bytes.
    var text = [UInt8](repeating: 0, count: 32 << 10)
    var count = 0
    while count < text.count, case .bytes(let more) = descriptor.read(into: &text, from: count) {
      count += more
    }
    return parse(text[..<count])
  }

  static func parse(_ text: ArraySlice<UInt8>) -> UInt64? {
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count == 2, words[0].elementsEqual("oom_kill".utf8) else { continue }
      return UInt64(String(decoding: words[1], as: UTF8.self))
    }
    return nil
  }
}
