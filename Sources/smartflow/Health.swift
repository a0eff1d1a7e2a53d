internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages

/// `smartflow health`: whether a daemon serves; made for probes.
struct Health: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask whether the daemon serves.",
    discussion: "Exit code 0: it serves. 1: it is there and does not. 69: it is not there.")

  @Argument(help: "A service's full name; the default is the whole server.")
  var service = ""

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() async throws {
    try await reporting {
      let response = try await connection.call(HealthCheckRequest(service: service))
      let name =
        switch response.status {
        case .serving: "SERVING"
        case .notServing: "NOT_SERVING"
        case .unknown: "UNKNOWN"
        }
      Terminal.print(json ? JSONValue.object([("status", .string(name))]).compactText : name)
      guard response.status == .serving else { throw Failure(.no, "the daemon does not serve") }
    }
  }
}
