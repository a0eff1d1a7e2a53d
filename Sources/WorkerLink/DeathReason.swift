/// Why a worker ended that was not told to.
public enum DeathReason: UInt64, CaseIterable, Sendable {
  /// The watchdog killed it: it did not come to an end with something.
  case watchdog = 1
  /// A fault of the program: a trap, an access to memory that is not there, an abort.
  case crash = 2
  /// SIGKILL, and not by the keeper.
  case killed = 3
  /// SIGKILL by the kernel's out-of-memory killer.
  case outOfMemory = 4
  /// A system call that a worker may not make: SIGSYS.
  case forbiddenCall = 5
  /// It left by itself.
  case exit = 6
  /// Any other signal.
  case signal = 7

  /// As logs and messages write it.
  public var name: String {
    switch self {
    case .watchdog: "watchdog"
    case .crash: "crash"
    case .killed: "killed"
    case .outOfMemory: "out_of_memory"
    case .forbiddenCall: "forbidden_call"
    case .exit: "exit"
    case .signal: "signal"
    }
  }
}

/// How often the worker at one place has ended so, for each reason.
public struct DeathCounts: Equatable, Sendable {
  private var counts = [7 of UInt64](repeating: 0)

  /// None.
  public init() {}

  /// How often for one reason.
  public subscript(reason: DeathReason) -> UInt64 {
    get { counts[Int(reason.rawValue) - 1] }
    set { counts[Int(reason.rawValue) - 1] = newValue }
  }

  /// Whether two are the same.
  public static func == (left: Self, right: Self) -> Bool {
    DeathReason.allCases.allSatisfy { left[$0] == right[$0] }
  }
}
