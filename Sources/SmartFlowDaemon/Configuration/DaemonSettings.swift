internal import WorkerLink

/// What a daemon is to be, all of it settled.
struct DaemonSettings: Sendable {
  var socketPath: String
  var socketMode: UInt32
  var socketGroup: UInt32?
  var adminSocketPath: String
  var workers: Int
  var workerPath: String
  /// What every worker is told; its index is filled in when it is started.
  var launch: LaunchSettings
  var graceMilliseconds: UInt64
}

/// Why a daemon can't be what it was asked to be, with the exit status of sysexits(3).
struct StartFailure: Error, CustomStringConvertible {
  var description: String
  var exitStatus: Int32
}
