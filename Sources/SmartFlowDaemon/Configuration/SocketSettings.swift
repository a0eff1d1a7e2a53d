internal import Glibc
internal import UnixSocket
internal import WorkerLink

/// Where the daemon listens, and whom it lets in.
enum SocketSettings {
  /// The name of the admin socket among those that are passed.
  private static let adminName = "admin"
  /// The folder below /run is the service manager's to make; by hand, the first start does it.
  private static let runtimeFolder = "/run/smartflow"

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
  ///
  /// - Throws: ``ConfigurationFailure`` with everybody who is not there.
  static func allowedPeers(
    _ configuration: Configuration
  ) throws(ConfigurationFailure) -> AllowedPeers {
    var peers = AllowedPeers()
    var flaws: [ConfigurationFlaw] = []
    for text in configuration.names(.allowUid) {
      do throws(ConfigurationFailure) {
        peers.users.append(try Account.user(text, of: .allowUid, in: configuration).id)
      } catch { flaws += error.flaws }
    }
    for text in configuration.names(.allowGid) {
      do throws(ConfigurationFailure) {
        peers.groups.append(try Account.group(text, of: .allowGid, in: configuration))
      } catch { flaws += error.flaws }
    }
    guard flaws.isEmpty else { throw ConfigurationFailure(flaws) }
    return peers
  }

  /// Takes out what the environment says of sockets that are passed: a variable is there for whoever is started
  /// without them, too.
  static func dropUnheard(_ configuration: inout Configuration, passed: [PassedSocket]) {
    var unheard: [Setting] = []
    if passed.contains(where: { $0.name == adminName }) { unheard = [.adminSocket] }
    if passed.contains(where: { $0.name != adminName }) {
      unheard += [.socket, .socketMode, .socketGroup]
    }
    for setting in unheard {
      if case .environment = configuration.origin(setting) { configuration[setting] = nil }
    }
  }

  /// Settles where the data socket comes from.
  ///
  /// - Parameters:
  ///   - configuration: What is configured.
  ///   - passed: The sockets that a service manager has bound.
  /// - Returns: The place.
  /// - Throws: ``ConfigurationFailure`` when what is configured and what was passed contradict each other, or make
  ///   no sense.
  static func data(
    _ configuration: inout Configuration, passed: [PassedSocket]
  ) throws(ConfigurationFailure) -> SocketPlace {
    let place = try dataPlace(configuration, passed.filter { $0.name != adminName })
    configuration.settle(.socket, as: place.path)
    return place
  }

  /// Settles where the admin socket comes from, once it is known where the data socket does.
  ///
  /// - Throws: ``ConfigurationFailure``, as that of the data socket.
  static func admin(
    _ configuration: inout Configuration, passed: [PassedSocket], beside data: SocketPlace
  ) throws(ConfigurationFailure) -> SocketPlace {
    let place: SocketPlace
    if let socket = try only(passed.filter { $0.name == adminName }, "admin") {
      try refuse(.adminSocket, of: configuration, besides: socket, remedy: "leave it out")
      place = .passed(socket, path: try path(of: socket))
    } else {
      let standard = Endpoint.adminPath(beside: data.path)
      guard let path = configuration.text(.adminSocket) ?? standard else {
        throw configuration.failure(
          .adminSocket,
          reason: .unfit(
            "the data socket that is passed has no path to put the admin socket beside; give "
              + "--admin-socket"))
      }
      place = .bound(path: path, mode: 0o600, group: nil)
    }
    configuration.settle(.adminSocket, as: place.path)
    return place
  }

  /// Makes the folder of the standard path, where that is to be used and is missing.
  static func makeRuntimeFolder(for places: SocketPlace...) {
    guard geteuid() == 0,
      places.contains(where: { !$0.isPassed && $0.path.hasPrefix(runtimeFolder + "/") })
    else { return }
    // Safe: the path is read during the call only. What goes wrong, binding says.
    _ = unsafe mkdir(runtimeFolder, 0o755)
  }

  private static func dataPlace(
    _ configuration: Configuration, _ passed: [PassedSocket]
  ) throws(ConfigurationFailure) -> SocketPlace {
    if let passed = try only(passed, "data") {
      try refuse(.socket, of: configuration, besides: passed, remedy: "leave one of them out")
      try refuse(
        .socketMode, of: configuration, besides: passed, remedy: "it is the unit's SocketMode=")
      try refuse(
        .socketGroup, of: configuration, besides: passed, remedy: "it is the unit's SocketGroup=")
      return .passed(passed, path: try path(of: passed))
    }
    let mode = configuration.text(.socketMode).flatMap { UInt32($0, radix: 8) } ?? 0o660
    var group: UInt32?
    if let name = configuration.text(.socketGroup) {
      group = try Account.group(name, of: .socketGroup, in: configuration)
    }
    return .bound(path: try socketPath(configuration), mode: mode, group: group)
  }

  private static func only(
    _ sockets: [PassedSocket], _ purpose: String
  ) throws(ConfigurationFailure) -> PassedSocket? {
    guard sockets.count > 1 else { return sockets.first }
    let numbers = sockets.map { String($0.number) }.joined(separator: ", ")
    throw passing(
      "descriptors \(numbers) are passed by LISTEN_FDS and would all be the \(purpose) socket; "
        + "pass one, and the admin socket with FileDescriptorName=admin")
  }

  private static func passing(_ text: String) -> ConfigurationFailure {
    ConfigurationFailure([
      ConfigurationFlaw(origin: .environment("LISTEN_FDS"), reason: .unfit(text))
    ])
  }

  private static func refuse(
    _ setting: Setting, of configuration: Configuration, besides passed: PassedSocket,
    remedy: String
  ) throws(ConfigurationFailure) {
    guard configuration.origin(setting) != .standard else { return }
    throw configuration.failure(
      setting,
      reason: .unfit(
        "this and the socket that LISTEN_FDS passes as descriptor \(passed.number) contradict "
          + "each other; \(remedy)"))
  }

  private static func path(of socket: PassedSocket) throws(ConfigurationFailure) -> String {
    do throws(SystemError) {
      return try socket.path()
    } catch {
      throw passing("\(error)")
    }
  }

  private static func socketPath(
    _ configuration: Configuration
  ) throws(ConfigurationFailure) -> String {
    if let path = configuration.text(.socket) { return path }
    let standard = Endpoint.standard(
      isRoot: geteuid() == 0, runtimeFolder: Environment.text("XDG_RUNTIME_DIR"))
    guard case .path(let path)? = standard else {
      throw configuration.failure(
        .socket,
        reason: .unfit("there is no $XDG_RUNTIME_DIR to put a socket into; give --socket"))
    }
    return path
  }
}
