internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

/// The thread behind a test server: it owns the connections.
final class TestServerLoop: @unchecked Sendable {
  // Unchecked: `shared` has a lock, `wake` is a descriptor, and all else belongs to the loop's thread.

  struct Shared {
    var calls: [TestCall] = []
    var count = 0
    /// Faults of the calls that come next, in order.
    var faults: [TestAnswer] = []
    /// Connections to be hung up on as soon as they come.
    var refusals = 0
    var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var due: [(connection: Int, streamID: UInt32, call: TestCall, answer: TestAnswer)] = []
    var dropsConnections = false
    /// Whether the loop is to end, and whether it has.
    var isOver = false
    var isEnded = false
    var stoppers: [CheckedContinuation<Void, Never>] = []
  }

  let shared = Locked(Shared())
  let wake: WakeDescriptor
  private let folder: SocketFolder
  private let listener: Listener
  private let script: @Sendable (TestCall) -> TestAnswer
  private var decider: Decider
  private var poller: Poller
  private var connections: [Int: TestConnection] = [:]
  private var accepted = 0

  private static let wakeToken = UInt64.max
  private static let listenerToken = UInt64.max - 1

  init(
    _ decider: Decider, script: @escaping @Sendable (TestCall) -> TestAnswer
  ) throws(SmartFlowTestServer.Failure) {
    self.decider = decider
    self.script = script
    do throws(SystemError) {
      wake = try WakeDescriptor()
      poller = try Poller()
      folder = try SocketFolder()
    } catch {
      throw .system("\(error)")
    }
    do throws(Listener.Failure) {
      listener = try Listener(binding: folder.socketPath)
    } catch {
      folder.remove()
      throw .system("\(error)")
    }
    do throws(SystemError) {
      try poller.add(wake.descriptor, .read, token: Self.wakeToken)
      try poller.add(listener.descriptor, .read, token: Self.listenerToken)
    } catch {
      folder.remove()
      throw .system("\(error)")
    }
  }

  var socketPath: String { folder.socketPath }

  /// Takes the socket away where no thread could be started to serve it.
  func abandon() { end() }

  func run() {
    while !shared.withLock({ $0.isOver }) {
      do throws(SystemError) {
        let count = try poller.wait(milliseconds: -1)
        for index in 0..<count { serve(poller.readiness(at: index)) }
        takeCommands()
      } catch {
        // Without a poller there is nobody to serve; whoever waits sees the connections end.
        break
      }
    }
    end()
  }

  private func serve(_ readiness: Readiness) {
    switch readiness.token {
    case Self.wakeToken: wake.clear()
    case Self.listenerToken: accept()
    default:
      guard let connection = connections[Int(readiness.token)] else { return }
      if readiness.isReadable { read(connection) }
      if connections[connection.number] != nil, !flush(connection) { drop(connection) }
    }
  }

  private func accept() {
    guard case .connection(let descriptor) = listener.descriptor.accept() else { return }
    let isRefused = shared.withLock { shared in
      guard shared.refusals > 0 else { return false }
      shared.refusals -= 1
      return true
    }
    guard !isRefused, connections.count < Limits.connections else { return }
    accepted += 1
    let connection = TestConnection(consume descriptor, number: accepted)
    do throws(SystemError) {
      try poller.add(connection.descriptor, .read, token: UInt64(accepted))
      connections[accepted] = connection
    } catch {
      // It ends with the object; its client sees that.
    }
  }

  private func drop(_ connection: TestConnection) {
    // Closing ends the watching as well.
    try? poller.remove(connection.descriptor)
    connection.descriptor.shutDown()
    connections[connection.number] = nil
  }

  private func read(_ connection: TestConnection) {
    guard connection.fill() else { return drop(connection) }
    while connections[connection.number] != nil, let event = connection.nextEvent() {
      switch event {
      case .refused(let streamID, let status):
        connection.answer(streamID, failure: status, wasTaken: false)
      case .call(let streamID, let envelope, let bytes):
        take(envelope, bytes, streamID, connection)
      }
    }
  }

  private func take(
    _ envelope: RequestEnvelope, _ bytes: [UInt8], _ streamID: UInt32,
    _ connection: TestConnection
  ) {
    let (call, fault, woken) = shared.withLock { shared in
      shared.count += 1
      let call = TestCall(
        number: shared.count, connection: connection.number, envelope,
        // Safe: bytes of any content are bytes.
        in: unsafe bytes.span.bytes)
      if shared.calls.count >= Limits.recordedCalls { shared.calls.removeFirst() }
      shared.calls.append(call)
      let woken = shared.waiters.filter { $0.count <= shared.count }
      shared.waiters.removeAll { $0.count <= shared.count }
      return (call, shared.faults.isEmpty ? nil : shared.faults.removeFirst(), woken)
    }
    for waiter in woken { waiter.continuation.resume() }
    apply(fault ?? script(call), to: call, streamID, connection)
  }

  private func apply(
    _ answer: TestAnswer, to call: TestCall, _ streamID: UInt32, _ connection: TestConnection
  ) {
    switch answer {
    case .message(let message): connection.answer(streamID, message)
    case .failure(let status): connection.answer(streamID, failure: status)
    case .decided:
      do throws(RPCStatus) {
        connection.answer(streamID, try decider.answer(call))
      } catch {
        connection.answer(streamID, failure: error)
      }
    case .silence: break
    case .decidedAndLost:
      // Whatever it came to, nobody hears of it.
      _ = try? decider.answer(call)
      drop(connection)
    case .hangUp: drop(connection)
    case .held(let hold, let then):
      let number = connection.number
      hold.whenReleased { [self] in
        shared.withLock { $0.due.append((number, streamID, call, then)) }
        wake.wake()
      }
    }
  }

  private func takeCommands() {
    let (due, dropsConnections) = shared.withLock { shared in
      defer {
        shared.due = []
        shared.dropsConnections = false
      }
      return (shared.due, shared.dropsConnections)
    }
    for one in due {
      guard let connection = connections[one.connection] else { continue }
      apply(one.answer, to: one.call, one.streamID, connection)
    }
    if dropsConnections { for connection in connections.values { drop(connection) } }
    for connection in connections.values where !flush(connection) { drop(connection) }
  }

  /// Sends what can be sent.
  ///
  /// - Returns: Whether the connection goes on.
  private func flush(_ connection: TestConnection) -> Bool {
    guard connection.send() else { return false }
    let wanted: Interest = connection.hasUnsent ? [.read, .write] : .read
    guard wanted != connection.watched else { return true }
    connection.watched = wanted
    do throws(SystemError) {
      try poller.change(connection.descriptor, to: wanted, token: UInt64(connection.number))
      return true
    } catch {
      return false
    }
  }

  private func end() {
    listener.removeFile()
    folder.remove()
    for connection in connections.values { drop(connection) }
    let (waiters, stoppers) = shared.withLock { shared in
      shared.isOver = true
      shared.isEnded = true
      defer {
        shared.waiters = []
        shared.stoppers = []
      }
      return (shared.waiters, shared.stoppers)
    }
    for waiter in waiters { waiter.continuation.resume() }
    for stopper in stoppers { stopper.resume() }
  }
}
