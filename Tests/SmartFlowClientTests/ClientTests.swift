import Foundation
import SmartFlowClient
import SmartFlowMessages
import TTRPC
import TestSupport
import Testing
import UnixSocket

/// A server of one thread that does to its clients what a test tells it to.
final class ScriptedServer: @unchecked Sendable {
  /// What to do with a call that has come.
  enum Reply {
    /// An answer with the health status SERVING.
    case answer
    /// Nothing, ever.
    case silence
    /// The end of the connection.
    case hangUp
    /// Nothing until the next call is answered; then both, this one last.
    case later
  }

  private let listener: Listener
  private let script: @Sendable (Int) -> Reply
  private let lock = NSLock()
  private var count = 0
  private var isOver = false
  /// Connections that are ended without a byte being read.
  private var refusals: Int
  private let done = DispatchSemaphore(value: 0)

  /// Calls seen so far.
  var calls: Int { lock.withLock { count } }
  /// How long each of them said that it waits, in nanoseconds.
  var timeouts: [Int64] { lock.withLock { toldTimeouts } }

  private var toldTimeouts: [Int64] = []

  private var waiters: [CheckedContinuation<Void, Never>] = []

  /// Waits until a call has come, without a thread.
  func firstCall() async {
    await withCheckedContinuation { continuation in
      let isThere = lock.withLock {
        if count == 0 { waiters.append(continuation) }
        return count > 0
      }
      if isThere { continuation.resume() }
    }
  }

  init(
    path: String, refusals: Int = 0, script: @escaping @Sendable (Int) -> Reply
  ) throws {
    listener = try Listener(binding: path)
    self.refusals = refusals
    self.script = script
    try SystemThread.start { [self] in
      serve()
      done.signal()
    }
  }

  func stop() {
    lock.withLock { isOver = true }
    done.wait()
    listener.removeFile()
  }

  private func serve() {
    while !lock.withLock({ isOver }) {
      guard case .connection(let connection) = listener.descriptor.accept() else {
        _ = poll(nil, 0, 2)
        continue
      }
      if refusals > 0 {
        refusals -= 1
      } else {
        serve(connection)
      }
    }
  }

  private func serve(_ connection: borrowing Descriptor) {
    var state = ServerConnection()
    var input: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var held: [UInt32] = []
    while !lock.withLock({ isOver }) {
      switch connection.read(into: &buffer) {
      case .bytes(let count): input += buffer[..<count]
      case .wouldBlock:
        _ = poll(nil, 0, 1)
        continue
      case .closed, .failed: return
      }
      var consumed = 0
      let bytes = input
      while case .request(let streamID, let data) = state.next(
        in: bytes.span.bytes, consumed: &consumed)
      {
        state.finish(streamID: streamID)
        let envelope = try? RequestEnvelope(decoding: bytes.span.bytes.extracting(data))
        let (number, woken) = lock.withLock {
          count += 1
          toldTimeouts.append(envelope?.timeoutNanoseconds ?? -1)
          defer { waiters = [] }
          return (count, waiters)
        }
        for waiter in woken { waiter.resume() }
        switch script(number) {
        case .silence: continue
        case .hangUp: return
        case .later: held.append(streamID)
        case .answer:
          answer(streamID, connection)
          for streamID in held { answer(streamID, connection) }
          held = []
        }
      }
      input.removeFirst(consumed)
    }
  }

  private func answer(_ streamID: UInt32, _ connection: borrowing Descriptor) {
    var output: [UInt8] = []
    let start = FrameWriter.beginFrame(in: &output)
    ResponseEnvelope.append(to: &output) { HealthCheckResponse(status: .serving).append(to: &$0) }
    FrameWriter.endFrame(startingAt: start, type: .response, streamID: streamID, in: &output)
    var sent = 0
    while sent < output.count {
      switch connection.send(output, from: sent) {
      case .bytes(let count): sent += count
      case .wouldBlock: _ = poll(nil, 0, 1)
      case .closed, .failed: return
      }
    }
  }
}

@Suite struct `A client` {
  private let folder: TemporaryFolder
  private var path: String { folder.path("s") }

  init() throws { folder = try TemporaryFolder() }

  private func client() throws -> SmartFlowClient { try SmartFlowClient(endpoint: .path(path)) }

  private func code(_ body: () async throws -> Void) async -> ClientError.Code? {
    do {
      try await body()
      return nil
    } catch { return (error as? ClientError)?.code }
  }

  @Test func `makes a thousand calls at once on one connection`() async throws {
    let server = try ScriptedServer(path: path) { _ in .answer }
    defer { server.stop() }
    let client = try client()
    let served = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<1000 {
        group.addTask {
          try await client.health(options: CallOptions(timeout: .seconds(20))) == .serving
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(served == 1000)
    #expect(server.calls == 1000)
    await client.close()
  }

  @Test func `matches answers that come in another order`() async throws {
    let server = try ScriptedServer(path: path) { $0 == 1 ? .later : .answer }
    defer { server.stop() }
    let client = try client()
    async let first = client.health(options: CallOptions(timeout: .seconds(10)))
    async let second = client.health(options: CallOptions(timeout: .seconds(10)))
    #expect(try await [first, second] == [.serving, .serving])
    await client.close()
  }

  @Test func `gives up by its own clock, and skips the answer that comes later`() async throws {
    let server = try ScriptedServer(path: path) { $0 == 1 ? .later : .answer }
    defer { server.stop() }
    let client = try client()
    let late = await code {
      _ = try await client.health(options: CallOptions(timeout: .milliseconds(100)))
    }
    #expect(late == .deadlineExceeded)
    #expect(try await client.health(options: CallOptions(timeout: .seconds(10))) == .serving)
    await client.close()
  }

  @Test func `tells the server to give up before it does so itself`() async throws {
    let server = try ScriptedServer(path: path) { _ in .answer }
    defer { server.stop() }
    let client = try client()
    for grace in [Duration.zero, .seconds(30)] {
      let options = CallOptions(timeout: .seconds(20), grace: grace)
      #expect(try await client.health(options: options) == .serving)
    }
    #expect(server.timeouts.count == 2)
    #expect(server.timeouts.allSatisfy { (1...20_000_000_000).contains($0) }, "\(server.timeouts)")
    await client.close()
  }

  @Test func `reports a lost connection, dials again, and sends again only what is safe`()
    async throws
  {
    let server = try ScriptedServer(path: path) { $0 == 1 || $0 == 3 ? .hangUp : .answer }
    defer { server.stop() }
    let client = try client()
    let lost = await code {
      _ = try await client.call(
        HealthCheckRequest(), options: CallOptions(timeout: .seconds(10)))
    }
    #expect(lost == .unavailable)
    #expect(
      try await client.call(
        HealthCheckRequest(), options: CallOptions(timeout: .seconds(10))
      ).status == .serving)
    // The third call is hung up on; being safe, it comes again as the fourth.
    #expect(try await client.health(options: CallOptions(timeout: .seconds(10))) == .serving)
    #expect(server.calls == 4)
    await client.close()
  }

  @Test(arguments: [200, 700])
  func `dials until the call's own deadline, and then says that nobody is there`(
    milliseconds: Int
  ) async throws {
    let client = try client()
    let start = ContinuousClock.now
    let timeout = Duration.milliseconds(milliseconds)
    do {
      _ = try await client.health(options: CallOptions(timeout: timeout))
      Issue.record("somebody was there")
    } catch {
      #expect(error.code == .unavailable)
      #expect(error.message.contains(path), "\(error)")
      #expect(error.isTransport)
    }
    #expect(ContinuousClock.now - start >= timeout)
    await client.close()
  }

  // The calls' own time is far beyond the limit, so that one which waits for it is seen, however slow the machine.
  @Test(.timeLimit(.minutes(5)))
  func `says at once that nobody is there to a call that does not wait, and dials on for others`()
    async throws
  {
    let client = try client()
    let patient = Task { try await client.health(options: CallOptions(timeout: .seconds(3600))) }
    for _ in 0..<3 {
      let impatient = await code {
        _ = try await client.health(
          options: CallOptions(timeout: .seconds(3600), waitsForServer: false))
      }
      #expect(impatient == .unavailable)
    }
    let server = try ScriptedServer(path: path) { _ in .answer }
    defer { server.stop() }
    #expect(try await patient.value == .serving)
    await client.close()
  }

  @Test func `gives up by its own clock in the middle of a request that nobody reads`() async throws
  {
    // Connections wait to be accepted, and take no more than a socket's buffers hold.
    let listener = try Listener(binding: path)
    defer { listener.removeFile() }
    let client = try client()
    let late = await code {
      _ = try await client.call(
        service: "grpc.health.v1.Health", method: "Check",
        payload: [UInt8](repeating: 0, count: 3 << 20),
        options: CallOptions(timeout: .milliseconds(300)))
    }
    #expect(late == .deadlineExceeded)
    await client.close()
  }

  @Test func `sends what was not written to its end on the next connection, safe or not`()
    async throws
  {
    // More than a socket's buffers hold, so that the connection ends in the middle of the frame.
    let server = try ScriptedServer(path: path, refusals: 3) { _ in .answer }
    defer { server.stop() }
    let client = try client()
    let answer = try await client.call(
      service: "grpc.health.v1.Health", method: "Check",
      payload: [UInt8](repeating: 0, count: 3 << 20), options: CallOptions(timeout: .seconds(30)))
    #expect(answer == [8, 1])
    #expect(server.calls == 1)
    await client.close()
  }

  @Test func `sends a safe call again twice and no more, however much time it has`() async throws {
    let server = try ScriptedServer(path: path) { _ in .hangUp }
    defer { server.stop() }
    let client = try client()
    let ended = await code {
      _ = try await client.health(options: CallOptions(timeout: .seconds(60)))
    }
    #expect(ended == .unavailable)
    #expect(server.calls == 3)
    await client.close()
  }

  @Test(arguments: [
    (ExecutionOptions(), 1), (ExecutionOptions(dryRun: true), 3),
    (ExecutionOptions(idempotencyKey: "k"), 3),
  ])
  func `sends an execution again that performs nothing, or nothing twice, and no other`(
    options: ExecutionOptions, calls: Int
  ) async throws {
    let server = try ScriptedServer(path: path) { _ in .hangUp }
    defer { server.stop() }
    let client = try client()
    let request = ExecuteTreeRequestMessage(
      tree: .json([]), context: .json([]), playerID: "p", options: options)
    let ended = await code {
      _ = try await client.execute(request, options: CallOptions(timeout: .seconds(60)))
    }
    #expect(ended == .unavailable)
    #expect(server.calls == calls)
    await client.close()
  }

  @Test(.enabled(if: geteuid() != 0, "root may connect to every socket"))
  func `says at once that it may not connect`() async throws {
    let listener = try Listener(binding: path, mode: 0)
    defer { listener.removeFile() }
    let client = try client()
    let refused = await code {
      _ = try await client.health(options: CallOptions(timeout: .seconds(60)))
    }
    #expect(refused == .permissionDenied)
    await client.close()
  }

  @Test func `finds a server that comes after it`() async throws {
    let client = try client()
    let first = await code {
      _ = try await client.health(options: CallOptions(timeout: .milliseconds(5)))
    }
    #expect(first == .deadlineExceeded || first == .unavailable)
    let server = try ScriptedServer(path: path) { _ in .answer }
    defer { server.stop() }
    #expect(try await client.health(options: CallOptions(timeout: .seconds(10))) == .serving)
    await client.close()
  }

  @Test func `ends a call whose task is cancelled`() async throws {
    let server = try ScriptedServer(path: path) { _ in .silence }
    defer { server.stop() }
    let client = try client()
    let task = Task { try await client.health(options: CallOptions(timeout: .seconds(60))) }
    await server.firstCall()
    task.cancel()
    #expect(await code { _ = try await task.value } == .cancelled)
    await client.close()
  }

  @Test func `fails what is under way when it is closed, and all that comes after`() async throws {
    let server = try ScriptedServer(path: path) { _ in .silence }
    defer { server.stop() }
    let client = try client()
    let task = Task { try await client.health(options: CallOptions(timeout: .seconds(60))) }
    await server.firstCall()
    await client.close()
    #expect(await code { _ = try await task.value } == .cancelled)
    #expect(await code { _ = try await client.health() } == .cancelled)
  }
}
