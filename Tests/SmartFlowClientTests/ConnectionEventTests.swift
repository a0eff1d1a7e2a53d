import SmartFlowClient
import SmartFlowClientTesting
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

@Suite(.timeLimit(.minutes(5))) struct `Connection events` {
  private static let patient = CallOptions(timeout: .seconds(120))

  /// Events without what differs from run to run.
  private func names(_ events: [ConnectionEvent]) -> [String] {
    events.map { event in
      switch event {
      case .connecting(let attempt): "connecting \(attempt)"
      case .connected: "connected"
      case .serverDraining: "draining"
      case .disconnected(.unreachable, _): "unreachable"
      case .disconnected(.lost, _): "lost"
      case .closed: "closed"
      }
    }
  }

  @Test func `come in the order in which they happened, and end when the client is closed`()
    async throws
  {
    let server = try SmartFlowTestServer()
    server.failNext(with: .hangUp)
    let client = try server.client()
    let events = client.connectionEvents
    #expect(try await client.health(options: Self.patient) == .serving)
    await client.close()
    var seen: [ConnectionEvent] = []
    for await event in events { seen.append(event) }
    #expect(
      names(seen) == [
        "connecting 1", "connected", "lost", "connecting 2", "connected", "closed",
      ])
    await server.stop()
  }

  @Test func `say that nobody is there, and when the next dial is at the earliest`() async throws {
    let folder = try TemporaryFolder()
    let client = try SmartFlowClient(endpoint: .path(folder.path("s")))
    let events = client.connectionEvents
    let call = Task { try await client.health(options: Self.patient) }
    var seen: [ConnectionEvent] = []
    var pauses: [Duration] = []
    for await event in events {
      seen.append(event)
      if case .disconnected(let reason, let retryAt) = event {
        #expect("\(reason)".contains(folder.path("s")))
        pauses.append(retryAt - .now)
        if pauses.count == 4 { break }
      }
    }
    call.cancel()
    #expect(
      names(seen) == (1...4).flatMap { ["connecting \($0)", "unreachable"] })
    // 10 ms, doubled with each, half of it by chance; what was read late is shorter.
    for (index, pause) in pauses.enumerated() {
      #expect(pause <= .milliseconds(10 << index), "\(pauses)")
    }
    await client.close()
  }

  @Test func `tell that the server is about to end, once`() async throws {
    let server = try SmartFlowTestServer()
    server.failNext(2, with: .failure(.unavailable, reason: "DRAINING"))
    let client = try server.client()
    let events = client.connectionEvents
    for _ in 0..<2 {
      await #expect(throws: ClientError.self) { _ = try await client.health(options: Self.patient) }
    }
    await client.close()
    var seen: [ConnectionEvent] = []
    for await event in events { seen.append(event) }
    #expect(names(seen) == ["connecting 1", "connected", "draining", "closed"])
    await server.stop()
  }

  @Test func `begin with how it stands, for every reader`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    #expect(try await client.health(options: Self.patient) == .serving)
    let (first, second) = (client.connectionEvents, client.connectionEvents)
    await client.close()
    for events in [first, second] {
      var seen: [ConnectionEvent] = []
      for await event in events { seen.append(event) }
      #expect(names(seen) == ["connected", "closed"])
    }
    await server.stop()
  }

  @Test func `of a closed client are that it is closed`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    await client.close()
    var seen: [ConnectionEvent] = []
    for await event in client.connectionEvents { seen.append(event) }
    #expect(seen == [.closed])
    await server.stop()
  }

  @Test func `keep the last 256 for a reader that does not read`() async throws {
    let server = try SmartFlowTestServer()
    let client = try server.client()
    let events = client.connectionEvents
    // Three events each, and no pause between, since each is answered.
    for _ in 0..<100 {
      #expect(try await client.health(options: Self.patient) == .serving)
      server.failNext(with: .hangUp)
      await #expect(throws: ClientError.self) {
        _ = try await client.call(HealthCheckRequest(), options: Self.patient)
      }
    }
    await client.close()
    var seen: [ConnectionEvent] = []
    for await event in events { seen.append(event) }
    #expect(seen.count == 256)
    #expect(seen.last == .closed)
    await server.stop()
  }
}
