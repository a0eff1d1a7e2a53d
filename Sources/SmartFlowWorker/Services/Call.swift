internal import SmartFlowMessages
internal import TTRPC
internal import Telemetry
internal import WorkerLink

/// One request on its way: whom to answer, and by when.
struct Call {
  let connection: Connection
  let streamID: UInt32
  /// When its last byte was read, on the monotonic clock in nanoseconds.
  let received: UInt64
  /// What is called; `nil` where there is no such thing.
  var method: Method?
  /// When its caller must have an answer.
  var deadline: UInt64 = .max
  /// What the caller calls the request, for logs.
  var requestID: String?
  /// The caller's place in a trace, for records.
  var trace: TraceContext?

  init(connection: Connection, streamID: UInt32, received: UInt64) {
    self.connection = connection
    self.streamID = streamID
    self.received = received
  }

  /// Whether anybody still waits for the answer.
  var isWanted: Bool { !connection.isClosed }
}

extension Worker {
  /// Answers a call with a message that `body` writes in place.
  func answer(_ call: Call, payload body: (inout [UInt8]) -> Void) {
    guard finish(call, code: 0) else { return }
    call.connection.answer(call.streamID) { ResponseEnvelope.append(to: &$0, payload: body) }
  }

  /// Answers a call with a frame that is whole, and takes it.
  func answer(_ call: Call, frame: inout [UInt8]) {
    guard finish(call, code: 0) else { return }
    call.connection.append(frame: &frame)
  }

  /// Answers a call with a status other than OK.
  func answer(_ call: Call, failure: RPCStatus) {
    counters.failures += 1
    guard finish(call, code: failure.code) else { return }
    call.connection.answer(call.streamID) { ResponseEnvelope.append(failure, to: &$0) }
  }

  private func finish(_ call: Call, code: Int32) -> Bool {
    counters.requests += 1
    count(call, code: code)
    requestsInFlight -= 1
    call.connection.protocolState.finish(streamID: call.streamID)
    guard call.isWanted else { return false }
    markDirty(call.connection)
    return true
  }
}
