/// How often the workers at one place have ended that were not told to, for each reason.
public struct WorkerDeathsMessage: Equatable, Sendable {
  /// Killed by the keeper's watchdog.
  public var watchdog: UInt64
  /// A fault of the program.
  public var crash: UInt64
  /// SIGKILL from elsewhere.
  public var killed: UInt64
  /// The kernel's out-of-memory killer.
  public var outOfMemory: UInt64
  /// A system call that a worker may not make.
  public var forbiddenCall: UInt64
  /// It left by itself.
  public var exit: UInt64
  /// Any other signal.
  public var signal: UInt64

  /// Makes counts; what is not named is 0.
  public init(
    watchdog: UInt64 = 0, crash: UInt64 = 0, killed: UInt64 = 0, outOfMemory: UInt64 = 0,
    forbiddenCall: UInt64 = 0, exit: UInt64 = 0, signal: UInt64 = 0
  ) {
    self.watchdog = watchdog
    self.crash = crash
    self.killed = killed
    self.outOfMemory = outOfMemory
    self.forbiddenCall = forbiddenCall
    self.exit = exit
    self.signal = signal
  }

  func append(to output: inout [UInt8]) {
    Wire.integer(1, watchdog, to: &output)
    Wire.integer(2, crash, to: &output)
    Wire.integer(3, killed, to: &output)
    Wire.integer(4, outOfMemory, to: &output)
    Wire.integer(5, forbiddenCall, to: &output)
    Wire.integer(6, exit, to: &output)
    Wire.integer(7, signal, to: &output)
  }
}
