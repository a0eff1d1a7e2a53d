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
      in flight is finished, exit 0); a second one ends at once.

      Exit codes: 0 after a drain, 64 usage, 67 there is no such user or group, 69 a socket is taken, \
      70 internal error, 71 the system refused something, 73 a socket can't be made, 78 the \
      configuration does not fit the machine, or the machine can't confine the workers.
      """,
    version: ServerVersion.text)

  @Option(
    help: ArgumentHelp(
      """
      The data socket's path. Default: /run/smartflow/smartflow.sock as root, else \
      $XDG_RUNTIME_DIR/smartflow.sock. Also SMARTFLOW_SOCKET.
      """, valueName: "path"))
  var socket: String?

  @Option(
    help: ArgumentHelp("Permission bits of the data socket, in base eight.", valueName: "mode"))
  var socketMode = "0660"

  @Option(help: ArgumentHelp("Group of the data socket, by name or number.", valueName: "group"))
  var socketGroup: String?

  @Option(
    help: ArgumentHelp(
      "The admin socket's path, mode 0600. Default: admin.sock beside the data socket.",
      valueName: "path"))
  var adminSocket: String?

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
    let output = LogOutput(descriptor: STDERR_FILENO)
    let status: Int32
    do throws(StartFailure) {
      guard let level = Logger.Level(rawValue: logLevel) else {
        throw StartFailure(
          description: "--log-level `\(logLevel)` is no level; use debug, info, warning or error",
          exitStatus: EX_USAGE)
      }
      let settings = try settings()
      var logger = Logger(label: "smartflowd") { _ in JSONLogHandler(output: output) }
      logger.logLevel = level
      let keeper = try Keeper(settings, logger: logger, output: output)
      status = try keeper.run()
    } catch {
      output.write(line: Array("smartflowd: \(error)".utf8))
      output.flush()
      throw ExitCode(error.exitStatus)
    }
    output.flush()
    if status != 0 { throw ExitCode(status) }
  }

  func settings() throws(StartFailure) -> DaemonSettings {
    func usage(_ text: String) -> StartFailure {
      StartFailure(description: text, exitStatus: EX_USAGE)
    }
    guard let mode = UInt32(socketMode, radix: 8), mode <= 0o777 else {
      throw usage("--socket-mode `\(socketMode)` is no mode; write it in base eight, such as 0660")
    }
    guard defaultTimeout.nanoseconds > 0, maxTimeout.nanoseconds >= defaultTimeout.nanoseconds
    else { throw usage("--max-timeout must not be less than --default-timeout, nor either zero") }
    let workers = workers ?? max(1, min(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 64))
    guard (1...StatusBoard.workers).contains(workers) else {
      throw usage("--workers \(workers) is out of range; use 1 to \(StatusBoard.workers)")
    }
    guard fuelLimit > 0, treeCacheBytes >= 0 else {
      throw usage("--fuel-limit must be positive, and --tree-cache-bytes not negative")
    }
    var launch = LaunchSettings()
    launch.workerCount = workers
    launch.defaultTimeoutNanoseconds = defaultTimeout.nanoseconds
    launch.maximumTimeoutNanoseconds = maxTimeout.nanoseconds
    launch.fuelUnits = fuelLimit
    launch.treeCacheBytes = treeCacheBytes
    try connections.settle(&launch)
    try confinement.settle(&launch)
    let path = try socketPath()
    var group: UInt32?
    if let socketGroup { group = try Self.groupID(socketGroup) }
    var program = workerPath
    if program == nil { program = try Self.standardWorkerPath() }
    return DaemonSettings(
      socketPath: path, socketMode: mode, socketGroup: group,
      adminSocketPath: adminSocket ?? Self.adminPath(beside: path), workers: workers,
      workerPath: program ?? "", launch: launch,
      graceMilliseconds: shutdownGrace.nanoseconds / 1_000_000)
  }

  private func socketPath() throws(StartFailure) -> String {
    if let path = socket ?? Self.environment("SMARTFLOW_SOCKET") {
      guard !path.isEmpty else {
        throw StartFailure(
          description: "--socket is empty; give a path", exitStatus: EX_USAGE)
      }
      return path
    }
    let isRoot = geteuid() == 0
    let standard = Endpoint.standard(
      isRoot: isRoot, runtimeFolder: Self.environment("XDG_RUNTIME_DIR"))
    guard case .path(let path)? = standard else {
      throw StartFailure(
        description: "there is no $XDG_RUNTIME_DIR to put a socket into; give --socket",
        exitStatus: EX_USAGE)
    }
    // The folder below /run is the service manager's to make; by hand, the first start does it.
    // Safe: the path is read during the call only.
    if isRoot { _ = unsafe mkdir("/run/smartflow", 0o755) }
    return path
  }

  static func adminPath(beside path: String) -> String {
    let folderEnd = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = path[folderEnd...]
    let stem = name.hasSuffix(".sock") ? name.dropLast(5) : name
    return path[..<folderEnd] + (stem == "smartflow" ? "admin.sock" : "\(stem)-admin.sock")
  }

  private static func standardWorkerPath() throws(StartFailure) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    // Safe: the buffer is one longer than it says, so that the text has an end.
    let count = unsafe readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    let path = String(
      decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = path.lastIndex(of: "/") else {
      throw StartFailure(
        description: "the program's own place is unknown: /proc is not there", exitStatus: EX_CONFIG
      )
    }
    return path[...slash] + "smartflow-worker"
  }

  private static func groupID(_ text: String) throws(StartFailure) -> UInt32 {
    if let number = UInt32(text) { return number }
    // Safe: the entry is read before anything else could ask for another.
    guard let entry = unsafe getgrnam(text) else {
      throw StartFailure(
        description: "--socket-group `\(text)` is no group here", exitStatus: EX_NOUSER)
    }
    return unsafe entry.pointee.gr_gid
  }

  private static func environment(_ name: String) -> String? {
    // Safe: read before any thread could change the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
