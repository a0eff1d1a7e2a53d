internal import CLinux
internal import Glibc

/// What a process is about, as the kernel sees it; proc(5), `/proc/PID/stat`.
public enum ProcessState: Equatable, Sendable {
  /// On a processor, or waiting for one.
  case running
  /// Waiting for something to happen.
  case sleeping
  /// Waiting for a disk, or frozen with its control group; not even a signal reaches it.
  case uninterruptible
  /// Stopped by a signal or a debugger.
  case stopped
  /// Ended.
  case ended

  /// Reads the line of `/proc/PID/stat`, or gives `nil` when it is anything else.
  ///
  /// The name in parentheses is the process's own, so it may hold parentheses and spaces.
  public init?(parsing line: ArraySlice<UInt8>) {
    guard let end = line.lastIndex(of: UInt8(ascii: ")")), line.endIndex - end > 2,
      line[end + 1] == UInt8(ascii: " ")
    else { return nil }
    switch line[end + 2] {
    case UInt8(ascii: "R"): self = .running
    case UInt8(ascii: "S"), UInt8(ascii: "I"): self = .sleeping
    case UInt8(ascii: "D"): self = .uninterruptible
    case UInt8(ascii: "T"), UInt8(ascii: "t"): self = .stopped
    case UInt8(ascii: "Z"), UInt8(ascii: "X"): self = .ended
    default: return nil
    }
  }
}

extension ChildProcess {
  /// What it is about; `nil` where `/proc` does not say.
  public borrowing func state() -> ProcessState? {
    // Safe: the path is read during the call only.
    let file = unsafe open("/proc/\(processID)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    let descriptor = Descriptor(owning: file)
    var line = [UInt8](repeating: 0, count: 1024)
    guard case .bytes(let count) = descriptor.read(into: &line) else { return nil }
    return ProcessState(parsing: line[..<count])
  }

  /// Processor time that it has used, in nanoseconds; `nil` when the kernel does not say.
  public borrowing func processorNanoseconds() -> UInt64? {
    var clock = clockid_t()
    var time = timespec()
    // Safe: both are written during the calls only.
    guard unsafe clock_getcpuclockid(processID, &clock) == 0,
      unsafe clock_gettime(clock, &time) == 0
    else { return nil }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Whether a signal has stopped it since it was asked last; SIGCHLD says when to ask.
  public borrowing func hasStopped() -> Bool { clinux_pidfd_stopped(descriptor.rawValue) == 1 }
}

/// This process, as others see it.
public enum OwnProcess {
  /// Gives it the name that `ps` and `/proc` show; of more than 15 bytes the rest is cut off.
  public static func setName(_ name: String) {
    // Safe: the name is read during the call only. It can't fail.
    _ = unsafe clinux_set_name(name)
  }

  /// Gives back the memory of code and constants that were needed so far, and may not be again.
  ///
  /// What is needed is mapped again, from the system's copy of the program's file, sixteen pages at a time.
  public static func dropProgramPages() { clinux_drop_program_pages() }
}
