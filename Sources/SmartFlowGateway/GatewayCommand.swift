internal import ArgumentParser
internal import Glibc
internal import SmartFlowClient
internal import Telemetry
internal import UnixSocket

/// The command `smartflow-gateway`.
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smartflow-gateway",
    abstract: "Serves what a SmartFlow daemon counts, and whether it serves, over HTTP.",
    discussion: """
      GET /metrics: the daemon's metrics, as OpenMetrics 1.0 for who accepts it and Prometheus' text 0.0.4 \
      for others; 503 while the daemon can't be asked. GET /livez: 200 while the gateway runs. GET /readyz: 200 \
      while the daemon serves, else 503. HEAD does as GET without the body; other methods are 405. A connection \
      has one request, which must be there within --request-timeout; the answer must leave within as long again.

      A client of the daemon's sockets like any other: it needs the rights to dial both. It asks nobody who \
      they are, so it listens on loopback addresses and Unix sockets (mode 0660) only, unless --allow-remote \
      says otherwise. SIGTERM or SIGINT: no new connections, what was asked is answered, exit 0.

      Exit codes: 0 after a signal, 64 usage, 69 an address is taken, 71 the system refused something.
      """)

  @Option(
    help: ArgumentHelp(
      "Where to listen: 127.0.0.1:9464, [::1]:9464 or unix:///path; may be given several times. Port 0: one that is free.",
      valueName: "address"))
  var listen: [String] = ["127.0.0.1:9464"]

  @Flag(help: "Listen on addresses that other machines reach, too.")
  var allowRemote = false

  @Option(
    help: ArgumentHelp(
      "The daemon's data socket. Default: SMARTFLOW_ENDPOINT, else the standard path.",
      valueName: "endpoint"))
  var endpoint: String?

  @Option(
    help: ArgumentHelp(
      "The daemon's admin socket. Default: where the daemon puts it, such as admin.sock beside smartflow.sock.",
      valueName: "endpoint"))
  var adminEndpoint: String?

  @Option(
    help: ArgumentHelp(
      "How long a request may take to come, and its answer to leave, in seconds.",
      valueName: "seconds"))
  var requestTimeout = Limits.requestSeconds

  @Option(
    help: ArgumentHelp(
      "Connections that wait at once, at each address; further ones are closed.",
      valueName: "number"))
  var maxConnections = Limits.connections

  func validate() throws {
    guard (1...3600).contains(requestTimeout) else {
      throw ValidationError("--request-timeout is 1 to 3600 seconds.")
    }
    guard (1...10_000).contains(maxConnections) else {
      throw ValidationError("--max-connections is 1 to 10000.")
    }
  }

  func run() async throws {
    let signals = TerminationSignals()
    defer { withExtendedLifetime(signals) {} }
    Self.raiseDescriptorLimit()
    let addresses = try addresses()
    let answers = try answers()
    // Sockets that are made from here on are for the user and the group.
    _ = umask(0o117)
    let gateway: Gateway
    do {
      gateway = try Gateway(
        addresses, answers,
        ConnectionLimits(connections: maxConnections, time: .seconds(requestTimeout)))
      try await serve(gateway, until: signals.arrivals)
    } catch let error as GatewayFailure {
      if case .taken = error { throw Self.failure("\(error)", EX_UNAVAILABLE) }
      throw Self.failure("\(error)", EX_OSERR)
    } catch {
      throw Self.failure("\(error)", EX_OSERR)
    }
    await answers.close()
  }

  private func serve(_ gateway: Gateway, until signals: AsyncStream<Int32>) async throws {
    let stopping = Task {
      for await number in signals {
        Self.log("stopping", "signal", "\(number)")
        return await gateway.stop()
      }
    }
    try await gateway.run { listening in
      Self.log("ready", "addresses", listening.joined(separator: " "))
    }
    await stopping.value
  }

  private func addresses() throws -> [ListenAddress] {
    do {
      return try listen.map { text in
        let address = try ListenAddress(parsing: text)
        if !allowRemote { try address.checkIsLocal() }
        if case .unix(let path) = address { try SocketFile.makeRoom(at: path) }
        return address
      }
    } catch let error as ListenAddress.Failure {
      throw Self.failure("\(error)", EX_USAGE)
    } catch let error as SocketFile.Failure {
      if case .taken = error { throw Self.failure("\(error)", EX_UNAVAILABLE) }
      throw Self.failure("\(error)", EX_OSERR)
    }
  }

  private func answers() throws -> DaemonAnswers {
    do {
      let data = try endpoint.map { try Endpoint(parsing: $0) } ?? Self.standardEndpoint()
      let admin = try adminEndpoint.map { try Endpoint(parsing: $0) } ?? Self.admin(beside: data)
      return try DaemonAnswers(data: data, admin: admin)
    } catch let error as Endpoint.Failure {
      throw Self.failure("\(error)", EX_USAGE)
    } catch let error as ClientError {
      throw Self.failure("\(error)", EX_OSERR)
    }
  }

  private static func standardEndpoint() throws -> Endpoint {
    if let text = environment("SMARTFLOW_ENDPOINT"), !text.isEmpty {
      return try Endpoint(parsing: text)
    }
    let found = Endpoint.standard(
      isRoot: geteuid() == 0, runtimeFolder: environment("XDG_RUNTIME_DIR"))
    guard let found else {
      throw failure("no daemon is known: say --endpoint, or set SMARTFLOW_ENDPOINT", EX_USAGE)
    }
    return found
  }

  private static func admin(beside data: Endpoint) throws -> Endpoint {
    guard case .path(let path) = data else {
      throw failure("the data socket has no folder; say --admin-endpoint", EX_USAGE)
    }
    return .path(adminPath(beside: path))
  }

  /// Where the daemon puts its admin socket when it is not told.
  static func adminPath(beside path: String) -> String {
    let folderEnd = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = path[folderEnd...]
    let stem = name.hasSuffix(".sock") ? name.dropLast(5) : name
    return path[..<folderEnd] + (stem == "smartflow" ? "admin.sock" : "\(stem)-admin.sock")
  }

  /// Has as many descriptors as it may: FlyingFox ends when it can't accept, and accepts before it closes.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    // Safe: the structure is used during the calls only. Where it can't be raised, there are as many as there were.
    guard unsafe getrlimit(descriptors, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(descriptors, &limit)
  }

  private static func environment(_ name: String) -> String? {
    // Safe: the text is copied at once; nobody here changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  // MARK: What it says

  private static func log(_ event: String, _ name: String, _ text: String) {
    var line = RecordLine()
    line.begin(
      event: event, level: "info", at: WallTime(microseconds: SystemClock.wallMicroseconds))
    line.member(named: name, text)
    line.end()
    write(line.bytes)
  }

  private static func failure(_ text: String, _ status: Int32) -> ExitCode {
    write(Array("smartflow-gateway: \(text)".utf8))
    return ExitCode(status)
  }

  private static func write(_ line: [UInt8]) {
    let bytes = line + [0x0A]
    // Safe: the buffer is as long as it says. Nobody is left to tell when this fails.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
