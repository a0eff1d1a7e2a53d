internal import Glibc
internal import Storage
internal import WorkerLink

/// What a daemon is to be, all of it settled.
struct DaemonSettings: Sendable {
  var data: SocketPlace
  var admin: SocketPlace
  var workers: Int
  var workerPath: String
  /// What every worker is told; its index is filled in when it is started.
  var launch: LaunchSettings
  var graceMilliseconds: UInt64
  var stateDirectory: String
  var journals: JournalSettings
  var journalService = JournalServiceSettings()
  /// How long an idempotency key is remembered, in nanoseconds.
  var keyRetentionNanoseconds: UInt64
  /// The daemon's own program, to be started again as another release.
  var program = ProgramFile()
  var environment = OriginalEnvironment()

  /// Which sockets were passed, for people.
  var passedNames: String {
    switch (data.isPassed, admin.isPassed) {
    case (false, false): "none"
    case (true, false): "data"
    case (false, true): "admin"
    case (true, true): "data, admin"
    }
  }
}

/// Why a daemon can't be what it was asked to be, with the exit status of sysexits(3).
struct StartFailure: Error, CustomStringConvertible {
  var description: String
  var exitStatus: Int32

  /// The command line makes no sense.
  static func usage(_ text: String) -> StartFailure {
    StartFailure(description: text, exitStatus: EX_USAGE)
  }
}
