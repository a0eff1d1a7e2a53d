internal import ArgumentParser
internal import Glibc
internal import Logging
internal import UnixSocket
internal import WorkerLink

/// The command `smartflowd`.
struct DaemonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smartflowd",
    abstract: "Answers what to do for a player, over a Unix socket.",
    discussion: """
      The keeper binds the sockets, starts the workers, restarts one that dies, and writes the log: \
      one JSON object a line, on standard error. SIGTERM or SIGINT drains (no new connections, what is \
      in flight is finished, exit 0); a second one ends at once. SIGHUP replaces the workers one by one. \
      SIGUSR2, after the programs' files were replaced, makes the keeper become the release that is \
      there now, in the same process, and then replaces the workers. Neither costs a client its connection.

      Sockets that a service manager passes (LISTEN_FDS) are taken instead of being bound: the one \
      called `admin` (FileDescriptorName=) as the admin socket, any other as the data socket. What \
      is passed is not named by --socket or --admin-socket besides; SMARTFLOW_SOCKET does not count then.

      Exit codes: 0 after a drain, 64 usage, 65 what the state directory holds is corrupt or was changed, 67 there is no such user or group, 69 a socket or the state \
      directory is taken, \
      70 internal error, 71 the system refused something, 73 a socket can't be made, 78 the \
      configuration does not fit the machine, or the machine can't confine the workers; 128 and the \
      signal's number after a second signal.
      """,
    version: ServerVersion.text)

  @OptionGroup var sockets: SocketOptions

  @OptionGroup var state: StateOptions

  @OptionGroup var records: RecordOptions

  @Option(help: ArgumentHelp("How many workers; the default is one a core.", valueName: "count"))
  var workers: Int?

  @Option(
    help: ArgumentHelp("Deadline of a call that names none: 150ms, 2s.", valueName: "time"))
  var defaultTimeout = TimeText(milliseconds: 150)

  @Option(help: ArgumentHelp("The longest deadline; a longer one is capped.", valueName: "time"))
  var maxTimeout = TimeText(milliseconds: 5000)

  @Option(help: ArgumentHelp("Fuel of one execution, in units.", valueName: "units"))
  var fuelLimit = 1_000_000

  @Option(
    help: ArgumentHelp("Memory of each worker for compiled trees, in bytes.", valueName: "bytes"))
  var treeCacheBytes = 64 << 20

  @OptionGroup var confinement: ConfinementOptions

  @OptionGroup var connections: ConnectionOptions

  @Option(
    help: ArgumentHelp("How long a drain may take before the rest is ended.", valueName: "time"))
  var shutdownGrace = TimeText(milliseconds: 5000)

  @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical."))
  var logLevel = "info"

  @Option(help: .hidden)
  var workerPath: String?

  mutating func run() throws {
    let output = LogOutput(
      descriptor: STDERR_FILENO,
      isMarked: JournalPriority.isRead(
        STDERR_FILENO, by: Environment.text("JOURNAL_STREAM")))
    let status: Int32
    do throws(StartFailure) {
      guard let level = Logger.Level(rawValue: logLevel) else {
        throw StartFailure(
          description: "--log-level `\(logLevel)` is no level; use debug, info, warning or error",
          exitStatus: EX_USAGE)
      }
      let environment = OriginalEnvironment()
      let takeover = try Self.takeover()
      var settings = try settings(passed: SocketOptions.passedSockets(takeover))
      settings.environment = environment
      try Self.check(takeover, settings)
      if takeover?.isCheck == true { return }
      var logger = Logger(label: "smartflowd") { _ in JSONLogHandler(output: output) }
      logger.logLevel = level
      let keeper = try Keeper(settings, takeover, logger: logger, output: output)
      status = try keeper.run()
    } catch {
      output.write(line: Array("smartflowd: \(error)".utf8))
      output.flush()
      throw ExitCode(error.exitStatus)
    }
    output.flush()
    if status != 0 { throw ExitCode(status) }
  }

  private static func takeover() throws(StartFailure) -> Takeover? {
    do throws(Takeover.Failure) {
      return try Takeover.ofEnvironment(processID: getpid(), parentID: getppid())
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_CONFIG)
    }
  }

  private static func check(
    _ takeover: Takeover?, _ settings: DaemonSettings
  ) throws(StartFailure) {
    do throws(Takeover.Failure) {
      try takeover?.check(settings)
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_CONFIG)
    }
  }

  func settings(passed: [PassedSocket]) throws(StartFailure) -> DaemonSettings {
    guard defaultTimeout.nanoseconds > 0, maxTimeout.nanoseconds >= defaultTimeout.nanoseconds
    else { throw .usage("--max-timeout must not be less than --default-timeout, nor either zero") }
    let workers = workers ?? max(1, min(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 64))
    guard (1...StatusBoard.workers).contains(workers) else {
      throw .usage("--workers \(workers) is out of range; use 1 to \(StatusBoard.workers)")
    }
    guard fuelLimit > 0, treeCacheBytes >= 0 else {
      throw .usage("--fuel-limit must be positive, and --tree-cache-bytes not negative")
    }
    var launch = LaunchSettings()
    launch.workerCount = workers
    launch.defaultTimeoutNanoseconds = defaultTimeout.nanoseconds
    launch.maximumTimeoutNanoseconds = maxTimeout.nanoseconds
    launch.fuelUnits = fuelLimit
    launch.treeCacheBytes = treeCacheBytes
    try connections.settle(&launch)
    try confinement.settle(&launch)
    try records.settle(&launch)
    let stateDirectory = try state.path()
    let places = try sockets.places(passed: passed)
    launch.allowedPeers = try sockets.allowedPeers()
    launch.passedSockets = (places.data.isPassed ? 1 : 0) + (places.admin.isPassed ? 2 : 0)
    var program = workerPath
    if program == nil { program = try Self.standardWorkerPath() }
    return DaemonSettings(
      data: places.data, admin: places.admin, workers: workers,
      workerPath: program ?? "", launch: launch,
      graceMilliseconds: shutdownGrace.nanoseconds / 1_000_000, stateDirectory: stateDirectory,
      journals: try records.journals(in: stateDirectory),
      journalService: JournalServiceSettings(sync: try records.sync()),
      keyRetentionNanoseconds: records.idempotencyRetention.nanoseconds)
  }

  private static func standardWorkerPath() throws(StartFailure) -> String {
    let path = ProgramFile.file
    guard let slash = path.lastIndex(of: "/") else {
      throw StartFailure(
        description: "the program's own place is unknown: /proc is not there", exitStatus: EX_CONFIG
      )
    }
    return path[...slash] + "smartflow-worker"
  }
}
