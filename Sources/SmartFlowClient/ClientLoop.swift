internal import Glibc
internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

/// The thread behind a client: it owns the connection, and all calls once they are in its hands.
final class ClientLoop: @unchecked Sendable {
  // Unchecked: `inbox` has a lock, `wake` is a descriptor, and all else belongs to the loop's thread.

  private enum Command {
    case begin(ClientCall, CheckedContinuation<ClientCall.Answer, Never>)
    case cancel(ClientCall)
    case close(CheckedContinuation<Void, Never>?)
  }

  private struct Inbox {
    var commands: [Command] = []
    var isClosed = false
  }

  private let endpoint: Endpoint
  private let inbox = Locked(Inbox())
  private let wake: WakeDescriptor
  private var poller: Poller

  private var connection: Descriptor?
  private var protocolState = ClientConnection()
  /// Calls that no connection has taken yet, in order.
  private var waiting: [ClientCall] = []
  private var inFlight: [UInt32: ClientCall] = [:]
  private var output: [UInt8] = []
  private var sent = 0
  /// Bytes sent on this connection.
  private var totalSent: UInt64 = 0
  private var input: [UInt8] = []
  private var readBuffer = [UInt8](repeating: 0, count: 65_536)
  private var watched: Interest = .read
  private var nextDial: UInt64 = 0
  /// Dials and connections in a row that came to nothing.
  private var failedDials = 0
  /// Why nobody could be reached; `nil` while somebody can.
  private var dialFailure: SystemError?
  private var closers: [CheckedContinuation<Void, Never>] = []
  private var isClosing = false

  private static let connectionToken: UInt64 = 1
  private static let wakeToken: UInt64 = 2
  /// Calls that may wait for a connection, or for room on it.
  private static let waitingCalls = 10_000
  /// Bytes on their way out above which no further call is put on the connection.
  private static let outputBytes = 8 << 20
  /// How often a call is sent again that may have been read.
  ///
  /// One that ends whatever process takes it would otherwise end one after the other until its deadline.
  private static let resends = 2
  /// Reads of what came before a connection ended; a socket's buffer holds no more.
  private static let readsAfterEnd = 64

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
        if waiting.count < Self.waitingCalls {
          waiting.append(call)
        } else {
          call.finish(
            .failure(
              ClientError(.resourceExhausted, "\(Self.waitingCalls) calls wait already")))
        }
      case .cancel(let call):
        remove(call)
        call.finish(.failure(ClientError(.cancelled, "the task was cancelled")))
      case .close(let continuation):
        isClosing = true
        if let continuation { closers.append(continuation) }
      }
    }
  }

  private func remove(_ call: ClientCall) {
    if call.streamID != 0 {
      protocolState.abandon(call.streamID)
      inFlight[call.streamID] = nil
    } else {
      waiting.removeAll { $0 === call }
    }
  }

  private func expire() {
    let now = SystemClock.monotonicNanoseconds
    for call in waiting + Array(inFlight.values) where call.deadline <= now {
      remove(call)
      if call.streamID == 0, let dialFailure {
        call.finish(.failure(absent(dialFailure)))
      } else {
        let place = call.streamID == 0 ? "before it could be sent" : "before an answer came"
        call.finish(.failure(ClientError(.deadlineExceeded, "the deadline passed \(place)")))
      }
    }
  }

  // MARK: The connection

  private func dialIfNeeded() {
    guard connection == nil, !waiting.isEmpty,
      SystemClock.monotonicNanoseconds >= nextDial
    else { return }
    do throws(SystemError) {
      let descriptor = try endpoint.connect()
      try poller.add(descriptor, .read, token: Self.connectionToken)
      connection = consume descriptor
      protocolState = ClientConnection()
      watched = .read
      output = []
      sent = 0
      totalSent = 0
      input = []
      dialFailure = nil
    } catch {
      backOff()
      dialFailure = error
      // The others dial again until their deadline, but nobody is let in by asking often.
      let isRefused = error.code == EACCES
      let failed = waiting.filter { isRefused || !$0.waitsForServer }
      waiting.removeAll { isRefused || !$0.waitsForServer }
      for call in failed { call.finish(.failure(absent(error))) }
    }
  }

  private func absent(_ error: SystemError) -> ClientError {
    error.code == EACCES
      ? ClientError(.permissionDenied, "this user may not connect to \(endpoint): \(error)")
      : ClientError(.unavailable, "nobody answers at \(endpoint): \(error)")
  }

  /// 10 ms after the first failure, twice as long after each further one up to a second, and half of it
  /// by chance, so that a thousand clients don't come back at once.
  private func backOff() {
    failedDials += 1
    let longest = min(1_000_000_000, UInt64(10_000_000) << UInt64(min(failedDials - 1, 7)))
    nextDial =
      SystemClock.monotonicNanoseconds + longest / 2 + UInt64.random(in: 0...longest / 2)
  }

  /// Puts waiting calls on the connection, as long as it takes them.
  private func putOut() {
    guard connection != nil, !waiting.isEmpty else { return }
    var taken = 0
    for call in waiting {
      guard output.count - sent < Self.outputBytes else { break }
      guard let streamID = protocolState.open() else {
        // All stream IDs are used up: what is in flight is waited for, and a new connection begun.
        if inFlight.isEmpty { lose("all stream IDs are used up") }
        break
      }
      taken += 1
      call.streamID = streamID
      inFlight[streamID] = call
      let now = SystemClock.monotonicNanoseconds
      let serverDeadline = call.deadline - call.graceNanoseconds
      let left = serverDeadline > now ? serverDeadline - now : 1
      let start = FrameWriter.beginFrame(in: &output)
      RequestEnvelopeMessage.append(
        service: call.service, method: call.method, timeoutNanoseconds: Int64(clamping: left),
        metadata: call.metadata, to: &output
      ) { $0.append(contentsOf: call.payload) }
      FrameWriter.endFrame(startingAt: start, type: .request, streamID: streamID, in: &output)
      call.outputEnd = totalSent + UInt64(output.count - sent)
    }
    waiting.removeFirst(taken)
  }

  private func flush() throws(SystemError) {
    while sent < output.count {
      guard let result = connection?.send(output, from: sent) else { return }
      guard case .bytes(let count) = result else {
        if result == .wouldBlock { break }
        readRest()
        return lose("the connection was lost while writing")
      }
      sent += count
      totalSent += UInt64(count)
    }
    if sent == output.count {
      output.removeAll(keepingCapacity: output.capacity < 1 << 20)
      sent = 0
    }
    let wanted: Interest = output.isEmpty ? .read : [.read, .write]
    if wanted != watched, let lent = connection.take() {
      watched = wanted
      do throws(SystemError) {
        try poller.change(lent, to: wanted, token: Self.connectionToken)
        connection = consume lent
      } catch {
        connection = consume lent
        throw error
      }
    }
  }

  private func read() {
    guard let result = connection?.read(into: &readBuffer) else { return }
    switch result {
    case .bytes(let count):
      input.append(contentsOf: readBuffer[..<count])
      takeAnswers()
    case .wouldBlock: return
    case .closed: lose("the server closed the connection")
    case .failed(let code): lose("\(SystemError(call: "read", code: code))")
    }
  }

  /// Takes the answers that came before the connection ended: their calls are not lost.
  private func readRest() {
    for _ in 0..<Self.readsAfterEnd {
      guard case .bytes(let count)? = connection?.read(into: &readBuffer) else { return }
      input.append(contentsOf: readBuffer[..<count])
      takeAnswers()
    }
  }

  private func takeAnswers() {
    let bytes = input
    var consumed = 0
    while true {
      // Safe: bytes of any content are bytes.
      switch unsafe protocolState.next(in: bytes.span.bytes, consumed: &consumed) {
      case .needsBytes:
        input.removeFirst(consumed)
        return
      case .response(let streamID, let data):
        // Only now is it known that somebody is there who answers.
        failedDials = 0
        guard let call = inFlight.removeValue(forKey: streamID) else { continue }
        call.finish(Self.answer(bytes, data))
      case .responseTooLarge(let streamID, let dataByteCount):
        inFlight.removeValue(forKey: streamID)?.finish(
          .failure(
            ClientError(
              .resourceExhausted,
              "the answer of \(dataByteCount) bytes is over the protocol's limit")))
      }
    }
  }

  private static func answer(_ bytes: [UInt8], _ data: Range<Int>) -> ClientCall.Answer {
    do throws(MessageError) {
      // Safe: bytes of any content are bytes.
      switch unsafe try ResponseEnvelope.decode(bytes.span.bytes.extracting(data)) {
      case .payload(let range):
        let start = data.lowerBound + range.lowerBound
        return .success(Array(bytes[start..<start + range.count]))
      case .failure(let status): return .failure(ClientError(status))
      }
    } catch {
      return .failure(ClientError(.internal, "the server's answer does not parse: \(error)"))
    }
  }

  /// Gives the connection up: what is safe goes back to wait, the rest fails.
  private func lose(_ reason: String) {
    if let lost = connection.take() {
      // Closing ends the watching as well.
      try? poller.remove(lost)
    }
    backOff()
    var again: [ClientCall] = []
    for call in inFlight.values.sorted(by: { $0.streamID < $1.streamID }) {
      // Half a frame is no request: what was not written to its end nobody has read.
      let wasWritten = call.outputEnd <= totalSent
      if !wasWritten || call.isSafeToResend && call.resends < Self.resends {
        if wasWritten { call.resends += 1 }
        call.streamID = 0
        again.append(call)
      } else {
        call.finish(.failure(ClientError(.unavailable, reason)))
      }
    }
    inFlight = [:]
    waiting = again + waiting
    output = []
    sent = 0
    input = []
  }

  private func end() {
    let rest = inbox.withLock { inbox in
      inbox.isClosed = true
      let commands = inbox.commands
      inbox.commands = []
      return commands
    }
    let closed = ClientError(.cancelled, "the client is closed")
    for case .begin(_, let continuation) in rest {
      continuation.resume(returning: .failure(closed))
    }
    for case .close(let continuation?) in rest { continuation.resume() }
    for call in waiting + Array(inFlight.values) { call.finish(.failure(closed)) }
    waiting = []
    inFlight = [:]
    connection = nil
    for closer in closers { closer.resume() }
  }
}
