internal import SmartFlowMessages
internal import TTRPC
internal import UnixSocket

// Answers, and calls that the server would not take yet.
extension ClientLoop {
  func read() {
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
  func readRest() {
    for _ in 0..<Limits.readsAfterEnd {
      guard case .bytes(let count)? = connection?.read(into: &readBuffer) else { return }
      input.append(contentsOf: readBuffer[..<count])
      takeAnswers()
    }
  }

  func takeAnswers() {
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
        backoff.reset()
        guard let call = inFlight.removeValue(forKey: streamID) else { continue }
        finish(call, Self.answer(bytes, data))
      case .responseTooLarge(let streamID, let dataByteCount):
        inFlight.removeValue(forKey: streamID)?.finish(
          .failure(.tooLarge("the answer of \(dataByteCount) bytes")))
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

  private func finish(_ call: ClientCall, _ answer: ClientCall.Answer) {
    if case .failure(let error) = answer, error.code == .unavailable {
      if error.reason == "DRAINING", !isServerDraining {
        isServerDraining = true
        readers.tell(.serverDraining)
      }
      if pause(call, because: error) { return }
    }
    call.finish(answer)
  }

  /// Puts a call aside that the server would take later, if that is safe and in its time.
  ///
  /// Never before the server's own delay, twice as long the second time, and up to half as long again by chance.
  private func pause(_ call: ClientCall, because error: ClientError) -> Bool {
    guard call.isSafeToResend, call.waitsForServer, call.resends < Limits.resends,
      let delay = error.retryDelay
    else { return false }
    let shortest = delay.nanoseconds << UInt64(call.resends)
    let notBefore =
      SystemClock.monotonicNanoseconds + shortest + UInt64.random(in: 0...shortest / 2)
    guard notBefore < call.deadline - call.graceNanoseconds else { return false }
    call.resends += 1
    call.streamID = 0
    call.notBefore = notBefore
    call.refusal = error
    pausing.append(call)
    return true
  }

  /// Lets calls go out again whose pause is over.
  func resumePaused() {
    guard !pausing.isEmpty else { return }
    let now = SystemClock.monotonicNanoseconds
    waiting += pausing.filter { $0.notBefore <= now }
    pausing.removeAll { $0.notBefore <= now }
  }
}
