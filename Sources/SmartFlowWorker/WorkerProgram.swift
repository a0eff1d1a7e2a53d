internal import Catalog
internal import Confinement
internal import Glibc
internal import UnixSocket
internal import WorkerLink

/// The program `smartflow-worker`: takes over what the keeper left for it, and serves.
public enum WorkerProgram {
  /// Runs until the keeper says otherwise.
  ///
  /// - Returns: The exit status, by sysexits(3): 0 after a drain or when the keeper is gone, 64 when it was
  ///   not started by `smartflowd`, 71 when the system refused something, 78 when it can't be confined as
  ///   its keeper wants it.
  public static func run(_ arguments: [String]) -> Int32 {
    let settings: LaunchSettings
    do throws(LaunchSettings.Failure) {
      settings = try LaunchSettings(parsing: arguments)
    } catch {
      complain("\(error)")
      return EX_USAGE
    }
    // What `ps` and `top` show; the arguments, behind the program's own name, stay as they are.
    OwnProcess.setName("smartflow-w\(settings.workerIndex)")
    #if FAULT_INJECTION
      Faults.prepare()
    #endif
    // The keeper drains its workers itself, so what a terminal or a service manager sends to all of
    // a group is not for them. A signal's default would end them under their callers.
    for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ] {
      _ = signal(number, SIG_IGN)
    }
    do throws(SystemError) {
      return try serve(settings)
    } catch {
      complain("\(error)")
      return EX_OSERR
    }
  }

  private static func serve(_ settings: LaunchSettings) throws(SystemError) -> Int32 {
    // What whoever started the daemon left open, and did not close on exec, is not the worker's.
    try Descriptor.closeAll(from: InheritedDescriptor.allCases.map(\.rawValue).reduce(0, max) + 1)
    try StandardDescriptors.leaveInputAndOutput()
    let board = try StatusBoard(mapping: try inherit(.statusBoard))
    let keeper = board.keeperProcessID
    // A keeper that is gone has no use for a worker.
    guard UInt64(getppid()) == keeper else { return EX_OK }
    let worker = try Worker(
      settings: settings, dataListener: try inherit(.dataListener),
      adminListener: try inherit(.adminListener), log: try inherit(.log),
      control: try inherit(.control), board: board,
      page: try WorkerPage(mapping: try inherit(.page), isWritable: true),
      desk: try SharedBytes(
        mapping: try inherit(.desk), capacity: Catalog.Limits.deskBytes, isWritable: true),
      catalog: try CatalogReader(mapping: try inherit(.catalog)),
      journal: try inherit(.journal), keys: try inherit(.keys))
    var attempt: Attempt?
    if let name = settings.attempt {
      attempt = Attempt(preparing: name)
      guard attempt != nil else {
        complain("attempt `\(name)` is none, or can't be prepared")
        return EX_USAGE
      }
    }
    switch worker.confine(keeperProcessID: Int32(clamping: keeper)) {
    case .confined: break
    case .keeperGone: return EX_OK
    case .lacking: return EX_CONFIG
    }
    if let attempt { worker.make(attempt) }
    // A start runs much that no call does: relocations, the libraries' own, the layers of confinement.
    OwnProcess.dropProgramPages()
    try worker.run()
    return EX_OK
  }

  private static func inherit(
    _ descriptor: InheritedDescriptor
  ) throws(SystemError) -> Descriptor {
    guard fcntl(descriptor.rawValue, F_GETFD) >= 0 else {
      throw SystemError(call: "fcntl", code: errno, subject: "descriptor \(descriptor)")
    }
    let inherited = Descriptor(owning: descriptor.rawValue)
    try inherited.setInherited(false)
    return inherited
  }

  private static func complain(_ text: String) {
    let line = Array("smartflow-worker: \(text)\n".utf8)
    // Safe: the buffer is as long as it says. Nobody is left to tell when this fails.
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
