internal import FlyingFox
internal import FlyingSocks
internal import Foundation
internal import Glibc
internal import UnixSocket

/// The HTTP servers in front of ``DaemonAnswers``, one for each address.
struct Gateway: Sendable {
  private let isStopping = Locked(false)
  private let servers: [Server]

  private struct Server {
    let address: ListenAddress
    let server: HTTPServer
    let stopReading: @Sendable () -> Void
  }

  /// Listens on nothing yet.
  ///
  /// - Throws: `SocketError` when an address is none.
  init(
    _ addresses: [ListenAddress], _ answers: DaemonAnswers, _ limits: ConnectionLimits
  ) throws {
    servers = try addresses.map { address in
      let socketAddress = try Self.socketAddress(address)
      return Self.server(address, socketAddress, answers, limits)
    }
  }

  /// Serves until all servers were stopped, or one of them can't.
  ///
  /// - Parameter ready: Called once all listen, with their addresses.
  /// - Throws: ``GatewayFailure`` when an address can't be listened on.
  func run(ready: @escaping @Sendable ([String]) -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for server in servers {
        group.addTask {
          do {
            try await server.server.run()
          } catch {
            // Disconnected, or cancelled: how a server ends that was told to.
            if isStopping.withLock({ $0 }) { return }
            throw Self.failure(server.address, error)
          }
        }
      }
      group.addTask {
        var listening: [String] = []
        for server in servers {
          try await server.server.waitUntilListening()
          listening.append(
            Self.text(of: await server.server.listeningAddress) ?? "\(server.address)")
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
      for server in servers {
        group.addTask {
          server.stopReading()
          await server.server.stop(timeout: Limits.shutdownSeconds)
        }
      }
    }
    for server in servers {
      if case .unix(let path) = server.address { SocketFile.remove(path) }
    }
  }

  private static func failure(_ address: ListenAddress, _ error: any Error) -> GatewayFailure {
    guard case .failed(_, let code, let reason)? = error as? SocketError else {
      return .refused(address, "\(error)")
    }
    return code == EADDRINUSE ? .taken(address) : .refused(address, reason)
  }

  // MARK: HTTP

  private static func response(
    to request: HTTPRequest, _ answers: DaemonAnswers
  ) async -> HTTPResponse {
    let answer = await answers.answer(
      request.method.rawValue, request.path, accept: request.headers[HTTPHeader("Accept")])
    // One request a connection: a client that waits on one that is kept can't be told from one that never asks.
    var headers: HTTPHeaders = [
      .contentType: answer.contentType, .connection: "close",
      .contentLength: String(answer.body.count),
    ]
    if let allowed = answer.allowed { headers[HTTPHeader("Allow")] = allowed }
    return HTTPResponse(
      statusCode: statusCode(answer.status), headers: headers,
      body: request.method == .HEAD ? Data() : Data(answer.body))
  }

  private static func statusCode(_ status: DaemonAnswers.Status) -> HTTPStatusCode {
    switch status {
    case .ok: .ok
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .unavailable: .serviceUnavailable
    }
  }

  private static func server(
    _ address: ListenAddress, _ socketAddress: any SocketAddress, _ answers: DaemonAnswers,
    _ limits: ConnectionLimits
  ) -> Server {
    func make(_ socketAddress: some SocketAddress, _ pool: some AsyncSocketPool) -> Server {
      let sockets = ClientSockets(pool, limits)
      let server = HTTPServer(
        address: socketAddress, pool: sockets, logger: .disabled,
        handler: ClosureHTTPHandler { request in await response(to: request, answers) })
      return Server(address: address, server: server, stopReading: sockets.stopReading)
    }
    return make(socketAddress, HTTPServer.defaultPool())
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
