internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow status`: what a daemon is, and how it fares.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the daemon's workers, sockets and limits.",
    discussion: """
      With --config, every setting instead: its value, and who said it, a flag, a variable, a place in the \
      configuration file, or nobody. Asks the admin socket.
      """)

  @Flag(help: "Show what the daemon is configured to be, and who said so.")
  var config = false

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      let info = try await connection.call(GetServerInfoRequest(includesConfiguration: config))
      if config {
        let listing = ConfigurationListing(values: info.configuration)
        return Terminal.print(json ? listing.report.prettyText : listing.text)
      }
      Terminal.print(json ? Self.report(info).prettyText : Self.text(of: info))
    }
  }

  private static func text(of info: GetServerInfoResponseMessage) -> String {
    var lines = [
      "smartflowd \(info.version), process \(info.keeperPID), up \(seconds(info.uptime))"
    ]
    for socket in info.sockets {
      let mode = String(socket.mode, radix: 8)
      lines.append(
        "  \(socket.purpose == .admin ? "admin" : "data ") socket \(socket.path), mode 0\(mode)")
    }
    for worker in info.workers {
      lines.append(
        "  worker \(worker.index)  \(name(of: worker.state))  process \(worker.pid)  "
          + "restarts \(worker.restarts)  connections \(worker.openConnections)  "
          + "requests \(worker.requests)  executions \(worker.executions)  "
          + "failures \(worker.failures)  log lines dropped \(worker.droppedLogLines)"
          + ends(worker.deaths))
    }
    for tree in info.quarantine { lines.append("  quarantine " + Quarantine.text(of: tree)) }
    if let limits = info.limits {
      lines.append(
        "  limits: deadline \(seconds(limits.defaultTimeout)) (\(seconds(limits.maximumTimeout)) at most), "
          + "fuel \(limits.fuel), message \(limits.messageBytes) bytes, tree \(limits.treeBytes) bytes, "
          + "context \(limits.contextBytes) bytes, \(limits.connections) connections a worker, "
          + "\(limits.streamsInFlight) calls in flight on each")
    }
    if !info.confinement.isEmpty { lines.append("  confinement of the workers:") }
    let width = info.confinement.map(\.name.count).max() ?? 0
    for layer in info.confinement {
      let name = layer.name + String(repeating: " ", count: width - layer.name.count)
      let detail = layer.detail.isEmpty ? "" : "  " + layer.detail
      lines.append("    \(name)  \(Self.name(of: layer.state))\(detail)")
    }
    return lines.joined(separator: "\n")
  }

  /// How workers at one place have ended; nothing when none has.
  private static func ends(_ deaths: WorkerDeathsMessage?) -> String {
    let reasons = reasons(deaths).filter { $0.count > 0 }.map { "\($0.name) \($0.count)" }
    return reasons.isEmpty ? "" : "  ended by \(reasons.joined(separator: ", "))"
  }

  private static func reasons(
    _ deaths: WorkerDeathsMessage?
  ) -> [(name: String, key: String, count: UInt64)] {
    let deaths = deaths ?? WorkerDeathsMessage()
    return [
      ("watchdog", "watchdog", deaths.watchdog), ("crash", "crash", deaths.crash),
      ("kill", "killed", deaths.killed), ("want of memory", "outOfMemory", deaths.outOfMemory),
      ("forbidden call", "forbiddenCall", deaths.forbiddenCall), ("exit", "exit", deaths.exit),
      ("signal", "signal", deaths.signal),
    ]
  }

  private static func seconds(_ duration: Duration?) -> String {
    guard let (seconds, attoseconds) = duration?.components else { return "unknown" }
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    return milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
  }

  private static func name(of state: WorkerInfoMessage.State) -> String {
    switch state {
    case .starting: "starting"
    case .serving: "serving"
    case .draining: "draining"
    case .stopped: "stopped"
    case .unspecified: "unknown"
    }
  }

  /// A missing layer is written large, so that it is seen among those that hold.
  private static func name(of state: ConfinementLayerMessage.State) -> String {
    switch state {
    case .holds: "holds"
    case .leftOff: "OFF"
    case .lacking: "LACKING"
    case .unspecified: "unknown"
    }
  }

  private static func report(_ info: GetServerInfoResponseMessage) -> JSONValue {
    func number(_ value: some BinaryInteger) -> JSONValue { .number(Double(value)) }
    return .object([
      ("version", .string(info.version)), ("keeperPid", number(info.keeperPID)),
      ("uptimeSeconds", number(info.uptime?.components.seconds ?? 0)),
      (
        "sockets",
        .array(
          info.sockets.map {
            .object([
              ("path", .string($0.path)),
              ("purpose", .string($0.purpose == .admin ? "admin" : "data")),
              ("mode", .string("0" + String($0.mode, radix: 8))),
            ])
          })
      ),
      (
        "workers",
        .array(
          info.workers.map {
            .object([
              ("index", number($0.index)), ("pid", number($0.pid)),
              ("state", .string(name(of: $0.state))), ("restarts", number($0.restarts)),
              ("openConnections", number($0.openConnections)), ("requests", number($0.requests)),
              ("executions", number($0.executions)), ("failures", number($0.failures)),
              ("droppedLogLines", number($0.droppedLogLines)),
              ("deaths", .object(reasons($0.deaths).map { ($0.key, number($0.count)) })),
            ])
          })
      ),
      (
        "confinement",
        .array(
          info.confinement.map {
            .object([
              ("layer", .string($0.name)), ("state", .string(name(of: $0.state).lowercased())),
              ("detail", .string($0.detail)),
            ])
          })
      ),
      ("quarantine", .array(info.quarantine.map(Quarantine.report))),
    ])
  }
}
