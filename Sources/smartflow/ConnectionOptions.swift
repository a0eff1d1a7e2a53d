internal import ArgumentParser
internal import SmartFlowClient
internal import SmartFlowMessages
internal import UnixSocket

/// Which daemon's admin socket to ask, and how long to wait for it.
struct AdminOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The daemon's admin socket: unix:///path or unix:path. The default is SMARTFLOW_ADMIN_ENDPOINT, else \
      the one beside SMARTFLOW_ENDPOINT or the default data socket (smartflow.sock: admin.sock, x.sock: \
      x-admin.sock).
      """, valueName: "endpoint"))
  var endpoint: String?

  @Option(help: ArgumentHelp("How long the answer may take: 150ms, 2s.", valueName: "time"))
  var timeout = Timeout(milliseconds: 5000)

  /// Asks the daemon and waits for its answer; the connection is closed afterwards.
  func call<Request: RequestMessage>(_ request: Request) async throws -> Request.Response {
    var connection = ConnectionOptions()
    connection.endpoint = try endpoint ?? Self.standard()
    connection.timeout = timeout
    return try await connection.call(request)
  }

  private static func standard() throws(Failure) -> String {
    if let endpoint = Terminal.environment("SMARTFLOW_ADMIN_ENDPOINT") { return endpoint }
    let data: Endpoint?
    do throws(Endpoint.Failure) {
      data =
        try Terminal.environment("SMARTFLOW_ENDPOINT").map { text throws(Endpoint.Failure) in
          try Endpoint(parsing: text)
        }
        ?? Endpoint.standard(
          isRoot: Terminal.isRoot, runtimeFolder: Terminal.environment("XDG_RUNTIME_DIR"))
    } catch {
      throw Failure(.usage, "\(error)")
    }
    guard case .path(let path)? = data, let admin = Endpoint.adminPath(beside: path) else {
      throw Failure(.usage, "nothing says where the admin socket is; give --endpoint")
    }
    return "unix:" + admin
  }
}

/// Which daemon to ask, and how long to wait for it.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's socket: unix:///path, unix:path or unix-abstract:name.", valueName: "endpoint"))
  var endpoint: String?

  @Option(help: ArgumentHelp("How long the answer may take: 150ms, 2s.", valueName: "time"))
  var timeout = Timeout(milliseconds: 1000)

  /// Asks the daemon and waits for its answer; the connection is closed afterwards.
  ///
  /// - Parameters:
  ///   - request: What is asked for.
  ///   - isSafeToResend: Whether it may be asked again where the first answer was lost.
  /// - Returns: The answer.
  /// - Throws: ``Failure``: what the daemon, or the way to it, had to say.
  func call<Request: RequestMessage>(
    _ request: Request, isSafeToResend: Bool = false
  ) async throws -> Request.Response {
    let result = try await attempt(
      request, CallOptions(timeout: timeout.duration, isSafeToResend: isSafeToResend))
    do throws(ClientError) {
      return try result.get()
    } catch {
      throw Failure(error)
    }
  }

  /// Asks the daemon, and leaves it to the caller what a refusal means.
  func attempt<Request: RequestMessage>(
    _ request: Request, _ options: CallOptions
  ) async throws(Failure) -> Result<Request.Response, ClientError> {
    let client: SmartFlowClient
    do {
      client = try SmartFlowClient(endpoint: try endpoint.map { try Endpoint(parsing: $0) })
    } catch let error as Endpoint.Failure {
      throw Failure(.usage, "\(error)")
    } catch let error as ClientError {
      throw Failure(error)
    } catch {
      throw Failure(.internalError, "\(error)")
    }
    var options = options
    // Who sits before a terminal would rather know now that nobody is there.
    options.waitsForServer = false
    let result: Result<Request.Response, ClientError>
    do throws(ClientError) {
      result = .success(try await client.call(request, options: options))
    } catch {
      result = .failure(error)
    }
    await client.close()
    return result
  }
}

/// A length of time as people write it: `150ms`, `5s`.
struct Timeout: ExpressibleByArgument {
  let duration: Duration

  init(milliseconds: Int) { duration = .milliseconds(milliseconds) }

  init?(argument: String) {
    let isSeconds = argument.hasSuffix("s") && !argument.hasSuffix("ms")
    let digits = argument.hasSuffix("ms") ? argument.dropLast(2) : argument.dropLast(1)
    guard isSeconds || argument.hasSuffix("ms"), let count = Int(digits), count > 0,
      count <= 86_400_000
    else { return nil }
    duration = isSeconds ? .seconds(count) : .milliseconds(count)
  }

  var defaultValueDescription: String { "\(duration)" }
}

extension Failure {
  /// What a daemon, or the way to it, had to say.
  init(_ error: ClientError) {
    let code = Code(error)
    var lines = ["\(error.code.name): \(error.message)"]
    for detail in error.details {
      switch detail {
      case .badRequest(let violations) where violations.count > 1:
        lines += violations.map { "  \($0.field): \($0.description)" }
      case .errorInfo(let reason, _, let metadata):
        let facts = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        lines.append(
          "  reason \(reason)" + (facts.isEmpty ? "" : ", " + facts.joined(separator: ", ")))
      case .retryInfo(let delay): lines.append("  try again after \(delay)")
      default: break
      }
    }
    self.init(code, lines.joined(separator: "\n"))
  }
}

extension Failure.Code {
  /// How a command ends that a daemon, or the way to it, has refused.
  init(_ error: ClientError) {
    self =
      switch error.code {
      case .invalidArgument, .failedPrecondition, .notFound, .alreadyExists, .resourceExhausted:
        .badData
      // EX_TEMPFAIL: the same again may go well.
      case .deadlineExceeded, .aborted: .timedOut
      case .permissionDenied: .notPermitted
      case .unavailable: .unavailable
      default: .internalError
      }
  }
}
