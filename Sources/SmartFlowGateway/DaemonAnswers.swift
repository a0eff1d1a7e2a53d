internal import SmartFlowClient
internal import SmartFlowMessages
internal import UnixSocket

/// What the gateway answers, whatever speaks HTTP: a status, a type, a body.
struct DaemonAnswers: Sendable {
  /// One answer.
  struct Answer: Equatable, Sendable {
    var status: Int
    var contentType = "text/plain; charset=utf-8"
    var body: [UInt8]

    init(_ status: Int, _ text: String) {
      self.status = status
      body = Array((text + "\n").utf8)
    }

    init(metrics: GetMetricsResponse) {
      status = 200
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

  /// `/metrics`.
  func metrics(accept: String?) async -> Answer {
    await asking {
      do throws(ClientError) {
        let request = GetMetricsRequest(format: AcceptHeader.format(accept))
        return Answer(metrics: try await admin.call(request, options: Self.options))
      } catch {
        return Answer(503, "no metrics: \(error)")
      }
    }
  }

  /// `/livez`: the gateway is there; whatever the daemon does, starting the gateway anew would not help.
  func live() -> Answer { Answer(200, "ok") }

  /// `/readyz`: the daemon serves.
  func ready() async -> Answer {
    await asking {
      do throws(ClientError) {
        let status = try await data.health(options: Self.options)
        return status == .serving ? Answer(200, "ok") : Answer(503, "the daemon does not serve")
      } catch {
        return Answer(503, "the daemon can't be asked: \(error)")
      }
    }
  }

  private func asking(_ body: () async -> Answer) async -> Answer {
    guard inHand.enter() else {
      return Answer(503, "\(Limits.requestsInHand) requests wait for the daemon; ask again")
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
