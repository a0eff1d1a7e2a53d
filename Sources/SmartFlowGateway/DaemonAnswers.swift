internal import SmartFlowClient
internal import SmartFlowMessages
internal import UnixSocket

/// What the gateway answers, whatever speaks HTTP: a status, a type, a body.
struct DaemonAnswers: Sendable {
  /// How it went, in HTTP's terms.
  enum Status: Equatable, Sendable {
    case ok
    case notFound
    case methodNotAllowed
    case unavailable
  }

  /// One answer.
  struct Answer: Equatable, Sendable {
    var status: Status
    var contentType = "text/plain; charset=utf-8"
    /// The methods that would do, where this one does not.
    var allowed: String?
    var body: [UInt8]

    init(_ status: Status, _ text: String) {
      self.status = status
      body = Array((text + "\n").utf8)
    }

    init(metrics: GetMetricsResponse) {
      status = .ok
      contentType = metrics.contentType
      body = metrics.text
    }
  }

  private let data: SmartFlowClient
  private let admin: SmartFlowClient
  private let inHand = InHand()

  /// - Parameters:
  ///   - data: The data socket.
  ///   - admin: The admin socket.
  /// - Throws: ``ClientError`` when the system has no thread to spare.
  init(data: Endpoint, admin: Endpoint) throws(ClientError) {
    self.data = try SmartFlowClient(endpoint: data)
    self.admin = try SmartFlowClient(endpoint: admin)
  }

  func close() async {
    await data.close()
    await admin.close()
  }

  /// What is answered to a request.
  ///
  /// - Parameters:
  ///   - method: Such as `GET`; what `HEAD` is answered has a body, which does not leave.
  ///   - path: Such as `/metrics`.
  ///   - accept: The `Accept` header.
  /// - Returns: The answer.
  /// - Source: RFC 9110, 9.3.2 and 15.5.6.
  func answer(_ method: String, _ path: String, accept: String?) async -> Answer {
    guard ["/metrics", "/livez", "/readyz"].contains(path) else {
      return Answer(.notFound, "there is nothing here; ask for /metrics, /livez or /readyz")
    }
    guard method == "GET" || method == "HEAD" else {
      var answer = Answer(.methodNotAllowed, "this can only be read: use GET or HEAD")
      answer.allowed = "GET, HEAD"
      return answer
    }
    switch path {
    case "/metrics": return await metrics(accept: accept)
    case "/readyz": return await ready()
    default: return live()
    }
  }

  /// `/metrics`.
  private func metrics(accept: String?) async -> Answer {
    await asking {
      do throws(ClientError) {
        let request = GetMetricsRequest(format: AcceptHeader.format(accept))
        return Answer(metrics: try await admin.call(request, options: Self.options))
      } catch {
        return Answer(.unavailable, "no metrics: \(error)")
      }
    }
  }

  /// `/livez`: the gateway is there; whatever the daemon does, starting the gateway anew would not help.
  private func live() -> Answer { Answer(.ok, "ok") }

  /// `/readyz`: the daemon serves.
  private func ready() async -> Answer {
    await asking {
      do throws(ClientError) {
        let status = try await data.health(options: Self.options)
        return status == .serving
          ? Answer(.ok, "ok") : Answer(.unavailable, "the daemon does not serve")
      } catch {
        return Answer(.unavailable, "the daemon can't be asked: \(error)")
      }
    }
  }

  private func asking(_ body: () async -> Answer) async -> Answer {
    guard inHand.enter() else {
      return Answer(
        .unavailable, "\(Limits.requestsInHand) requests wait for the daemon; ask again")
    }
    let answer = await body()
    inHand.leave()
    return answer
  }

  /// A probe wants to know now, and what is only read may be asked for again.
  private static let options = CallOptions(
    timeout: Limits.daemonTimeout, isSafeToResend: true, waitsForServer: false)
}

/// How many requests wait for the daemon.
private final class InHand: Sendable {
  private let count = Locked(0)

  func enter() -> Bool {
    count.withLock { count in
      guard count < Limits.requestsInHand else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}
