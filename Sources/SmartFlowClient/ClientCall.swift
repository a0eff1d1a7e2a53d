/// One call on its way through the loop; what changes is touched by the loop's thread only.
final class ClientCall: @unchecked Sendable {
  // Unchecked: handed to the loop once, through its inbox, and touched by its thread from then on.

  typealias Answer = Result<[UInt8], ClientError>

  let service: String
  let method: String
  let payload: [UInt8]
  let metadata: [(key: String, value: String)]
  /// On the monotonic clock, in nanoseconds.
  let deadline: UInt64
  /// How long before the deadline the server is to give up, in nanoseconds.
  let graceNanoseconds: UInt64
  let isSafeToResend: Bool
  let waitsForServer: Bool

  /// Whom to tell; taken by the first who does.
  var continuation: CheckedContinuation<Answer, Never>?
  /// While it waits for an answer.
  var streamID: UInt32 = 0
  /// Where its frame ends in all that was ever put into the connection's output.
  var outputEnd: UInt64 = 0
  /// How often it was sent again after the whole of it had been sent.
  var resends = 0
  /// Not to be asked again before this, on the monotonic clock, in nanoseconds.
  var notBefore: UInt64 = 0
  /// Why the server would not take it, the last time.
  var refusal: ClientError?

  init(
    service: String, method: String, payload: [UInt8], metadata: [(key: String, value: String)],
    deadline: UInt64, graceNanoseconds: UInt64, isSafeToResend: Bool, waitsForServer: Bool
  ) {
    self.service = service
    self.method = method
    self.payload = payload
    self.metadata = metadata
    self.deadline = deadline
    self.graceNanoseconds = graceNanoseconds
    self.isSafeToResend = isSafeToResend
    self.waitsForServer = waitsForServer
  }

  func finish(_ answer: Answer) { continuation.take()?.resume(returning: answer) }
}
