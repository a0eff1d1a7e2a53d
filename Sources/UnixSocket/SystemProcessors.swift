internal import CLinux

/// The processors of this machine.
public enum SystemProcessors {
  /// How many this process may run on: sched_getaffinity(2).
  public static var allowed: Int { Int(clinux_processors()) }
}
