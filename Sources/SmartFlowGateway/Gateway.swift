internal import FlyingFox
internal import FlyingSocks
internal import Foundation
internal import Glibc
internal import UnixSocket

/// The HTTP servers in front of ``DaemonAnswers``, one for each address.
struct Gateway: Sendable {
  private let isStopping = Locked(false)
  private let servers: [(address: ListenAddress, server: HTTPServer)]

  /// Listens on nothing yet.
  ///
  /// - Throws: `SocketError` when an address is none.
  init(_ addresses: [ListenAddress], _ answers: DaemonAnswers) async throws {
    var servers: [(ListenAddress, HTTPServer)] = []
    for address in addresses {
      let server = Self.server(for: try Self.socketAddress(address))
      await Self.addRoutes(to: server, answers)
      servers.append((address, server))
    }
    self.servers = servers
  }

  /// Serves until all servers were stopped, or one of them can't.
  ///
  /// - Parameter ready: Called once all listen, with their addresses.
  /// - Throws: ``GatewayFailure`` when an address can't be listened on.
  func run(ready: @escaping @Sendable ([String]) -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (address, server) in servers {
        group.addTask {
          do {
            try await server.run()
          } catch {
            // Disconnected, or cancelled: how a server ends that was told to.
            if isStopping.withLock({ $0 }) { return }
            throw Self.failure(address, error)
          }
        }
      }
      group.addTask {
        var listening: [String] = []
        for (address, server) in servers {
          try await server.waitUntilListening()
          listening.append(Self.text(of: await server.listeningAddress) ?? "\(address)")
        }
        ready(listening)
      }
      // The first that can not ends the others.
      while try await group.next() != nil {}
    }
  }

  /// Takes no more connections, and lets those that are open have their answers.
  func stop() async {
    isStopping.withLock { $0 = true }
    await withDiscardingTaskGroup { group in
      for (_, server) in servers {
        group.addTask { await server.stop(timeout: Limits.shutdownSeconds) }
      }
    }
    for case (.unix(let path), _) in servers { SocketFile.remove(path) }
  }

  private static func failure(_ address: ListenAddress, _ error: any Error) -> GatewayFailure {
    guard case .failed(_, let code, let reason)? = error as? SocketError else {
      return .refused(address, "\(error)")
    }
    return code == EADDRINUSE ? .taken(address) : .refused(address, reason)
  }

  // MARK: HTTP

  private static func addRoutes(to server: HTTPServer, _ answers: DaemonAnswers) async {
    await server.appendRoute("GET /metrics") { request in
      response(await answers.metrics(accept: request.headers[HTTPHeader("Accept")]))
    }
    await server.appendRoute("GET /livez") { _ in response(answers.live()) }
    await server.appendRoute("GET /readyz") { _ in response(await answers.ready()) }
  }

  private static func response(_ answer: DaemonAnswers.Answer) -> HTTPResponse {
    let status: HTTPStatusCode = answer.status == 200 ? .ok : .serviceUnavailable
    return HTTPResponse(
      statusCode: status, headers: [.contentType: answer.contentType], body: Data(answer.body))
  }

  private static func server(for address: any SocketAddress) -> HTTPServer {
    func make(_ address: some SocketAddress) -> HTTPServer {
      HTTPServer(address: address, logger: .disabled)
    }
    return make(address)
  }

  private static func socketAddress(_ address: ListenAddress) throws -> any SocketAddress {
    switch address {
    case .unix(let path): sockaddr_un.unix(path: path)
    case .ipv4(let host, let port): try sockaddr_in.inet(ip4: host, port: port)
    case .ipv6(let host, let port): try sockaddr_in6.inet6(ip6: host, port: port)
    }
  }

  /// The address that the system gave, of which the port may not have been known before.
  private static func text(of address: Socket.Address?) -> String? {
    switch address {
    case .ip4(let host, let port)?: "\(ListenAddress.ipv4(host, port: port))"
    case .ip6(let host, let port)?: "\(ListenAddress.ipv6(host, port: port))"
    case .unix?, nil: nil
    }
  }
}
