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
      in flight is finished, exit 0); a second one ends at once. SIGHUP reads the configuration again and replaces \
      the workers one by one. \
      SIGUSR2, after the programs' files were replaced, makes the keeper become the release that is \
      there now, in the same process, and then replaces the workers. Neither costs a client its connection.

      Whatever an option below says, an environment variable can say too, SMARTFLOW_ and its name in capitals \
      (SMARTFLOW_MAX_STREAMS), and so can a key of the configuration file (--config). A flag wins over the \
      environment, that over the file, and that over the default.

      Sockets that a service manager passes (LISTEN_FDS) are taken instead of being bound: the one \
      called `admin` (FileDescriptorName=) as the admin socket, any other as the data socket. What \
      is passed is not named by --socket or --admin-socket besides; SMARTFLOW_SOCKET does not count then.

      Exit codes: 0 after a drain, 64 usage, 65 what the state directory holds is corrupt or was changed, 67 there is no such user or group, 69 a socket or the state \
      directory is taken, \
      70 internal error, 71 the system refused something, 73 a socket can't be made, 78 the \
      configuration is wrong or does not fit the machine, or the machine can't confine the workers; 128 and the \
      signal's number after a second signal.
      """,
    version: ServerVersion.text)

  @Option(
    help: ArgumentHelp(
      """
      The configuration file: one JSON object whose keys are the options below, with notes from // to the end of a \
      line. Also SMARTFLOW_CONFIG. Default: none.
      """, valueName: "file"), completion: .file())
  var config: String?

  @Flag(
    help: """
      Say what would be used and where it comes from, or everything that is wrong with it, and end: exit code 0 or \
      that of the start.
      """)
  var checkConfig = false

  @OptionGroup var flags: FlagOptions

  @Option(help: .hidden)
  var workerPath: String?

  /// Something forbidden that each worker tries once it is confined: see `Attempt` in Confinement.
  @Option(help: .hidden)
  var workerAttempt: String?

  mutating func run() throws {
    let output = LogOutput(
      descriptor: STDERR_FILENO,
      isMarked: JournalPriority.isRead(
        STDERR_FILENO, by: Environment.text("JOURNAL_STREAM")))
    let status: Int32
    do throws(StartFailure) {
      let environment = OriginalEnvironment()
      let takeover = try Self.takeover()
      let passed = try SocketSettings.passedSockets(takeover)
      var settings = try Self.settings(sources(passed))
      settings.environment = environment
      if checkConfig { return print(ConfigurationReport.text(of: settings)) }
      try Self.check(takeover, settings)
      if takeover?.isCheck == true { return }
      SocketSettings.makeRuntimeFolder(for: settings.data, settings.admin)
      let logger = Logger(label: "smartflowd") { _ in JSONLogHandler(output: output) }
      output.level = settings.logLevel
      let keeper = try Keeper(settings, takeover, logger: logger, output: output)
      status = try keeper.run()
    } catch {
      for line in error.description.split(separator: "\n") {
        output.write(line: Array("smartflowd: \(line)".utf8))
      }
      output.flush()
      throw ExitCode(error.exitStatus)
    }
    output.flush()
    if status != 0 { throw ExitCode(status) }
  }

  /// Whom to ask what the daemon is to be, now and at each reload.
  func sources(_ passed: [PassedSocket]) -> ConfigurationSources {
    ConfigurationSources(
      flags: flags.given, path: config ?? Environment.text("SMARTFLOW_CONFIG"), passed: passed,
      workerPath: workerPath, attempt: workerAttempt)
  }

  private static func settings(
    _ sources: ConfigurationSources
  ) throws(StartFailure) -> DaemonSettings {
    do throws(ConfigurationFailure) {
      return try sources.settings()
    } catch {
      throw StartFailure(
        description: error.flaws.map(\.description).joined(separator: "\n"),
        exitStatus: error.exitStatus)
    }
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
}
