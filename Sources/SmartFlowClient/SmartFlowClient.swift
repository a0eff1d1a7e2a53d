internal import Glibc
public import SmartFlowMessages
public import UnixSocket

/// A client of a SmartFlow daemon: many calls at once on one connection.
///
/// The connection is made by the first call and made anew when it is lost, with backoff; a call fails by its
/// own deadline at the latest. Close it when it is done with: its thread and its connection live until then.
public final class SmartFlowClient: Sendable {
  private let loop: ClientLoop

  /// Makes a client, and dials nobody yet.
  ///
  /// - Parameter endpoint: Where the daemon is; by default what `SMARTFLOW_ENDPOINT` says, else the
  ///   standard path.
  /// - Throws: ``ClientError`` when no endpoint is known, or the system has no thread to spare.
  public init(endpoint: Endpoint? = nil) throws(ClientError) {
    let found: Endpoint
    if let endpoint { found = endpoint } else { found = try Self.standardEndpoint() }
    do throws(SystemError) {
      loop = try ClientLoop(found)
      try loop.start()
    } catch {
      throw ClientError(.internal, "the client can't be set up: \(error)")
    }
  }

  deinit { loop.close() }

  /// Ends the client: calls that are under way fail with CANCELLED.
  public func close() async { await loop.closeAndWait() }

  /// Calls a method and waits for its answer.
  ///
  /// - Throws: ``ClientError``: the server's status; DEADLINE_EXCEEDED by this side's clock; UNAVAILABLE when
  ///   the connection was lost, or nobody could be reached until the deadline; PERMISSION_DENIED when this user
  ///   may not connect; CANCELLED when the task was.
  public func call<Request: RequestMessage>(
    _ request: Request, options: CallOptions = CallOptions()
  ) async throws(ClientError) -> Request.Response {
    var payload: [UInt8] = []
    request.append(to: &payload)
    let answer = try await call(
      service: Request.method.service, method: Request.method.name, payload: payload,
      options: options)
    do throws(MessageError) {
      // Safe: bytes of any content are bytes.
      return unsafe try Request.Response(decoding: answer.span.bytes)
    } catch {
      throw ClientError(.internal, "the server's answer does not parse: \(error)")
    }
  }

  /// Calls a method by its names, and gives the answer's bytes.
  ///
  /// - Throws: ``ClientError`` as above.
  public func call(
    service: String, method: String, payload: [UInt8], options: CallOptions = CallOptions()
  ) async throws(ClientError) -> [UInt8] {
    let nanoseconds = options.timeout.nanoseconds
    guard nanoseconds > 0 else {
      throw ClientError(.deadlineExceeded, "the timeout is not positive")
    }
    let grace = options.grace.nanoseconds
    let call = ClientCall(
      service: service, method: method, payload: payload, metadata: options.metadata,
      deadline: SystemClock.monotonicNanoseconds &+ nanoseconds &+ grace, graceNanoseconds: grace,
      isSafeToResend: options.isSafeToResend, waitsForServer: options.waitsForServer)
    let loop = loop
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in loop.begin(call, continuation) }
    } onCancel: {
      loop.cancel(call)
    }
    return try result.get()
  }

  /// What happens to the connection, from now on, in the order in which it happens.
  ///
  /// Begins with ``ConnectionEvent/connected`` where there is a connection already, and ends after
  /// ``ConnectionEvent/closed``. Of more than 256 that are not read yet the oldest are dropped, so that the last one always
  /// says how it stands. Up to 64 may read at once; of more, each gets a stream that ends at once.
  public var connectionEvents: AsyncStream<ConnectionEvent> {
    AsyncStream(bufferingPolicy: .bufferingNewest(Limits.unreadEvents)) { loop.read($0) }
  }

  private static func standardEndpoint() throws(ClientError) -> Endpoint {
    // Safe: the texts are copied at once.
    let environment = unsafe getenv("SMARTFLOW_ENDPOINT").map { unsafe String(cString: $0) }
    if let environment, !environment.isEmpty {
      do throws(Endpoint.Failure) {
        return try Endpoint(parsing: environment)
      } catch {
        throw ClientError(.invalidArgument, "SMARTFLOW_ENDPOINT: \(error)")
      }
    }
    let folder = unsafe getenv("XDG_RUNTIME_DIR").map { unsafe String(cString: $0) }
    guard let endpoint = Endpoint.standard(isRoot: geteuid() == 0, runtimeFolder: folder) else {
      throw ClientError(
        .invalidArgument, "no endpoint is known: give one, or set SMARTFLOW_ENDPOINT")
    }
    return endpoint
  }
}

extension Duration {
  /// Whole nanoseconds; zero of a negative length, a day of one that is longer.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return min(UInt64(seconds), 86_400) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
  }
}
