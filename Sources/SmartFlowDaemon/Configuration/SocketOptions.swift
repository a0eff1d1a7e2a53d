internal import ArgumentParser
internal import Glibc
internal import UnixSocket
internal import WorkerLink

/// Where the daemon listens, and whom it lets in.
struct SocketOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The data socket's path. Default: /run/smartflow/smartflow.sock as root, else \
      $XDG_RUNTIME_DIR/smartflow.sock. Also SMARTFLOW_SOCKET. Not for one that a service manager \
      passes (see above).
      """, valueName: "path"))
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "Permission bits of the data socket, in base eight. Default: 0660.", valueName: "mode"))
  var socketMode: String?

  @Option(help: ArgumentHelp("Group of the data socket, by name or number.", valueName: "group"))
  var socketGroup: String?

  @Option(
    help: ArgumentHelp(
      "The admin socket's path, mode 0600. Default: admin.sock beside the data socket.",
      valueName: "path"))
  var adminSocket: String?

  @Option(
    help: ArgumentHelp(
      """
      A user, by name or number, who may call on the data socket; may be given many times. With this or \
      --allow-gid nobody else may, root neither, and is answered PERMISSION_DENIED. Without them \
      everybody may whom the socket's rights let in.
      """, valueName: "user"))
  var allowUid: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      A group, by name or number, whose members may call on the data socket; may be given many \
      times. The groups count that a process was in when it connected.
      """, valueName: "group"))
  var allowGid: [String] = []

  /// The name of the admin socket among those that are passed.
  private static let adminName = "admin"

  /// What a service manager has passed to this process; the environment says it once.
  ///
  /// - Parameter takeover: What another release leaves. A process that only looks whether it could go on with it
  ///   has the sockets of that release's process.
  /// - Returns: The sockets by their numbers.
  /// - Throws: ``StartFailure`` when it is anything else than listening Unix stream sockets.
  static func passedSockets(_ takeover: Takeover?) throws(StartFailure) -> [PassedSocket] {
    var process = Environment.take("LISTEN_PID")
    if let takeover, takeover.isCheck, process == "\(takeover.keeperProcessID)" {
      process = "\(getpid())"
    }
    let count = Environment.take("LISTEN_FDS")
    let names = Environment.take("LISTEN_FDNAMES")
    do throws(PassedSocket.Failure) {
      return try PassedSocket.all(
        process: process, count: count, names: names, processID: getpid())
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_CONFIG)
    }
  }

  /// Settles who may call on the data socket.
  func allowedPeers() throws(StartFailure) -> AllowedPeers {
    var peers = AllowedPeers()
    for text in allowUid { peers.users.append(try Account.user(text, for: "--allow-uid").id) }
    for text in allowGid { peers.groups.append(try Account.group(text, for: "--allow-gid")) }
    return peers
  }

  /// Settles where each of the two sockets comes from.
  ///
  /// - Parameter passed: The sockets that a service manager has bound.
  /// - Returns: The places of the data socket and the admin socket.
  /// - Throws: ``StartFailure`` when options and what was passed contradict each other, or make no sense.
  func places(
    passed: [PassedSocket]
  ) throws(StartFailure) -> (data: SocketPlace, admin: SocketPlace) {
    let data = try dataPlace(Self.only(passed.filter { $0.name != Self.adminName }, "data"))
    if let socket = try Self.only(passed.filter { $0.name == Self.adminName }, "admin") {
      try refuse(adminSocket, "--admin-socket", besides: socket, remedy: "leave it out")
      return (data, .passed(socket, path: try Self.path(of: socket)))
    }
    guard let path = adminSocket ?? Endpoint.adminPath(beside: data.path) else {
      throw .usage(
        "the data socket that is passed has no path to put the admin socket beside; give "
          + "--admin-socket")
    }
    return (data, .bound(path: path, mode: 0o600, group: nil))
  }

  private func dataPlace(_ passed: PassedSocket?) throws(StartFailure) -> SocketPlace {
    if let passed {
      try refuse(socket, "--socket", besides: passed, remedy: "leave one of them out")
      try refuse(
        socketMode, "--socket-mode", besides: passed, remedy: "it is the unit's SocketMode=")
      try refuse(
        socketGroup, "--socket-group", besides: passed, remedy: "it is the unit's SocketGroup=")
      return .passed(passed, path: try Self.path(of: passed))
    }
    let text = socketMode ?? "0660"
    guard let mode = UInt32(text, radix: 8), mode <= 0o777 else {
      throw .usage("--socket-mode `\(text)` is no mode; write it in base eight, such as 0660")
    }
    var group: UInt32?
    if let socketGroup { group = try Account.group(socketGroup, for: "--socket-group") }
    return .bound(path: try socketPath(), mode: mode, group: group)
  }

  private static func only(
    _ sockets: [PassedSocket], _ purpose: String
  ) throws(StartFailure) -> PassedSocket? {
    guard sockets.count > 1 else { return sockets.first }
    let numbers = sockets.map { String($0.number) }.joined(separator: ", ")
    throw StartFailure(
      description:
        "descriptors \(numbers) are passed by LISTEN_FDS and would all be the \(purpose) socket; "
        + "pass one, and the admin socket with FileDescriptorName=admin",
      exitStatus: EX_CONFIG)
  }

  private func refuse(
    _ value: String?, _ option: String, besides passed: PassedSocket, remedy: String
  ) throws(StartFailure) {
    guard value != nil else { return }
    throw .usage(
      "\(option) and the socket that LISTEN_FDS passes as descriptor \(passed.number) contradict "
        + "each other; \(remedy)")
  }

  private static func path(of socket: PassedSocket) throws(StartFailure) -> String {
    do throws(SystemError) {
      return try socket.path()
    } catch {
      throw StartFailure(description: "\(error)", exitStatus: EX_OSERR)
    }
  }

  private func socketPath() throws(StartFailure) -> String {
    if let path = socket ?? Environment.text("SMARTFLOW_SOCKET") {
      guard !path.isEmpty else { throw .usage("--socket is empty; give a path") }
      return path
    }
    let isRoot = geteuid() == 0
    let standard = Endpoint.standard(
      isRoot: isRoot, runtimeFolder: Environment.text("XDG_RUNTIME_DIR"))
    guard case .path(let path)? = standard else {
      throw .usage("there is no $XDG_RUNTIME_DIR to put a socket into; give --socket")
    }
    // The folder below /run is the service manager's to make; by hand, the first start does it.
    // Safe: the path is read during the call only.
    if isRoot { _ = unsafe mkdir("/run/smartflow", 0o755) }
    return path
  }
}
