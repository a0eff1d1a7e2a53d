internal import Glibc
internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

// Dialling, sending, and what becomes of calls when the connection ends.
extension ClientLoop {

  func dialIfNeeded() {
    guard connection == nil, !waiting.isEmpty,
      SystemClock.monotonicNanoseconds >= nextDial
    else { return }
    readers.tell(.connecting(attempt: backoff.failures + 1))
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
      isServerDraining = false
      readers.tell(.connected)
    } catch {
      dialFailure = error
      backOff(.unreachable(absent(error).message))
      // The others dial again until their deadline, but nobody is let in by asking often.
      let isRefused = error.code == EACCES
      let failed = waiting.filter { isRefused || !$0.waitsForServer }
      waiting.removeAll { isRefused || !$0.waitsForServer }
      for call in failed { call.finish(.failure(absent(error))) }
    }
  }

  func absent(_ error: SystemError) -> ClientError {
    error.code == EACCES
      ? ClientError(.permissionDenied, "this user may not connect to \(endpoint): \(error)")
      : ClientError(.unavailable, "nobody answers at \(endpoint): \(error)")
  }

  /// Puts the next dial off, and tells why.
  private func backOff(_ reason: ConnectionEvent.Reason) {
    let pause = backoff.fail { UInt64.random(in: 0...$0) }
    nextDial = SystemClock.monotonicNanoseconds + pause
    readers.tell(
      .disconnected(reason: reason, retryAt: .now + .nanoseconds(Int64(clamping: pause))))
  }

  /// Puts waiting calls on the connection, as long as it takes them.
  func putOut() {
    guard connection != nil, !waiting.isEmpty else { return }
    // Those that were given up count on the other side until they are answered.
    if inFlight.isEmpty, protocolState.unanswered >= Limits.streamsInFlight {
      return lose("\(protocolState.unanswered) calls were given up, and none was answered")
    }
    var taken = 0
    for call in waiting {
      guard output.count - sent < Limits.outputBytes,
        protocolState.unanswered < Limits.streamsInFlight
      else { break }
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

  func flush() throws(SystemError) {
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

  /// Gives the connection up: what is safe goes back to wait, the rest fails.
  func lose(_ reason: String) {
    if let lost = connection.take() {
      // Closing ends the watching as well.
      try? poller.remove(lost)
    }
    backOff(.lost(reason))
    var again: [ClientCall] = []
    for call in inFlight.values.sorted(by: { $0.streamID < $1.streamID }) {
      // Half a frame is no request: what was not written to its end nobody has read.
      let wasWritten = call.outputEnd <= totalSent
      if !wasWritten || call.isSafeToResend && call.resends < Limits.resends {
        if wasWritten { call.resends += 1 }
        call.streamID = 0
        again.append(call)
      } else {
        call.finish(.failure(.connectionLost(reason)))
      }
    }
    inFlight = [:]
    waiting = again + waiting
    output = []
    sent = 0
    input = []
  }
}
