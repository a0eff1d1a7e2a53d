internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

/// The thread behind a client: it owns the connection, and all calls once they are in its hands.
final class ClientLoop: @unchecked Sendable {
  // Unchecked: `inbox` has a lock, `wake` is a descriptor, and all else belongs to the loop's thread.

  private enum Command {
    case begin(ClientCall, CheckedContinuation<ClientCall.Answer, Never>)
    case cancel(ClientCall)
    case read(EventReaders.Reader, number: UInt64)
    case endReading(UInt64)
    case close(CheckedContinuation<Void, Never>?)
  }

  private struct Inbox {
    var commands: [Command] = []
    var isClosed = false
    /// Numbers that readers of events were given.
    var readers: UInt64 = 0
  }

  let endpoint: Endpoint
  private let inbox = Locked(Inbox())
  private let wake: WakeDescriptor
  var poller: Poller

  var connection: Descriptor?
  var protocolState = ClientConnection()
  /// Calls that no connection has taken yet, in order.
  var waiting: [ClientCall] = []
  /// Calls that the server would not take now, until they are asked again.
  var pausing: [ClientCall] = []
  var inFlight: [UInt32: ClientCall] = [:]
  var output: [UInt8] = []
  var sent = 0
  /// Bytes sent on this connection.
  var totalSent: UInt64 = 0
  var input: [UInt8] = []
  var readBuffer = [UInt8](repeating: 0, count: 65_536)
  var watched: Interest = .read
  var nextDial: UInt64 = 0
  var backoff = Backoff()
  /// Why nobody could be reached; `nil` while somebody can.
  var dialFailure: SystemError?
  /// Whether the server has said, on this connection, that it is about to end.
  var isServerDraining = false
  var readers = EventReaders()
  private var closers: [CheckedContinuation<Void, Never>] = []
  private var isClosing = false

  static let connectionToken: UInt64 = 1
  private static let wakeToken: UInt64 = 2

  init(_ endpoint: Endpoint) throws(SystemError) {
    self.endpoint = endpoint
    wake = try WakeDescriptor()
    poller = try Poller()
    try poller.add(wake.descriptor, .read, token: Self.wakeToken)
  }

  func start() throws(SystemError) { try SystemThread.start { self.run() } }

  // MARK: From any thread

  func begin(_ call: ClientCall, _ continuation: CheckedContinuation<ClientCall.Answer, Never>) {
    guard !send(.begin(call, continuation)) else { return }
    continuation.resume(returning: .failure(ClientError(.cancelled, "the client is closed")))
  }

  func cancel(_ call: ClientCall) { _ = send(.cancel(call)) }

  /// Lets somebody know from now on what happens to the connection.
  func read(_ reader: EventReaders.Reader) {
    let number = inbox.withLock { inbox in
      inbox.readers += 1
      return inbox.readers
    }
    reader.onTermination = { _ in _ = self.send(.endReading(number)) }
    if !send(.read(reader, number: number)) { Self.end(reader) }
  }

  private static func end(_ reader: EventReaders.Reader) {
    reader.yield(.closed)
    reader.finish()
  }

  func close() { _ = send(.close(nil)) }

  func closeAndWait() async {
    await withCheckedContinuation { continuation in
      if !send(.close(continuation)) { continuation.resume() }
    }
  }

  private func send(_ command: Command) -> Bool {
    let isTaken = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.commands.append(command)
      return true
    }
    if isTaken { wake.wake() }
    return isTaken
  }

  // MARK: The loop

  private func run() {
    while !isClosing {
      do throws(SystemError) {
        let count = try poller.wait(milliseconds: waitMilliseconds())
        for index in 0..<count {
          let readiness = poller.readiness(at: index)
          if readiness.token == Self.wakeToken { wake.clear() }
          if readiness.token == Self.connectionToken && readiness.isReadable { read() }
        }
        takeCommands()
        expire()
        resumePaused()
        dialIfNeeded()
        putOut()
        try flush()
      } catch {
        lose("\(error)")
      }
    }
    end()
  }

  private func waitMilliseconds() -> Int32 {
    var until = UInt64.max
    for call in waiting { until = min(until, call.deadline) }
    for call in pausing { until = min(until, call.deadline, call.notBefore) }
    for call in inFlight.values { until = min(until, call.deadline) }
    if connection == nil && !waiting.isEmpty { until = min(until, nextDial) }
    guard until < .max else { return -1 }
    let now = SystemClock.monotonicNanoseconds
    return until > now ? Int32(clamping: (until - now) / 1_000_000 + 1) : 0
  }

  private func takeCommands() {
    let commands = inbox.withLock { inbox in
      let commands = inbox.commands
      inbox.commands = []
      return commands
    }
    for command in commands {
      switch command {
      case .begin(let call, let continuation):
        call.continuation = continuation
        if let refusal = refusal(of: call) {
          call.finish(.failure(refusal))
        } else {
          waiting.append(call)
        }
      case .cancel(let call):
        remove(call)
        call.finish(.failure(ClientError(.cancelled, "the task was cancelled")))
      case .read(let reader, let number):
        readers.add(reader, number: number, isConnected: connection != nil)
      case .endReading(let number): readers.remove(number)
      case .close(let continuation):
        isClosing = true
        if let continuation { closers.append(continuation) }
      }
    }
  }

  /// Why a call is not taken in at all.
  private func refusal(of call: ClientCall) -> ClientError? {
    if waiting.count + pausing.count >= Limits.waitingCalls {
      return ClientError(.resourceExhausted, "\(Limits.waitingCalls) calls wait already")
    }
    guard call.payload.count > Limits.messageBytes else { return nil }
    return .tooLarge("a request of \(call.payload.count) bytes")
  }

  private func remove(_ call: ClientCall) {
    if call.streamID != 0 {
      protocolState.abandon(call.streamID)
      inFlight[call.streamID] = nil
    } else {
      waiting.removeAll { $0 === call }
      pausing.removeAll { $0 === call }
    }
  }

  private func expire() {
    let now = SystemClock.monotonicNanoseconds
    for call in waiting + pausing + Array(inFlight.values) where call.deadline <= now {
      remove(call)
      if call.streamID != 0 {
        call.finish(
          .failure(ClientError(.deadlineExceeded, "the deadline passed before an answer came")))
      } else if let dialFailure {
        call.finish(.failure(absent(dialFailure)))
      } else if let refusal = call.refusal {
        call.finish(.failure(refusal))
      } else {
        call.finish(
          .failure(ClientError(.deadlineExceeded, "the deadline passed before it could be sent")))
      }
    }
  }

  private func end() {
    let rest = inbox.withLock { inbox in
      inbox.isClosed = true
      let commands = inbox.commands
      inbox.commands = []
      return commands
    }
    let closed = ClientError(.cancelled, "the client is closed")
    readers.end()
    for command in rest {
      switch command {
      case .begin(_, let continuation): continuation.resume(returning: .failure(closed))
      case .read(let reader, _): Self.end(reader)
      case .close(let continuation): continuation?.resume()
      case .cancel, .endReading: break
      }
    }
    for call in waiting + pausing + Array(inFlight.values) { call.finish(.failure(closed)) }
    waiting = []
    pausing = []
    inFlight = [:]
    connection = nil
    for closer in closers { closer.resume() }
  }
}
