public import SmartFlowClient
public import SmartFlowMessages

/// What a test server does with a call.
public indirect enum TestAnswer: Sendable {
  /// A message: the method's own response.
  case message(any ResponseMessage)
  /// A status instead of an answer.
  case failure(RPCStatus)
  /// What the real engine decides, and SERVING for health; UNIMPLEMENTED for what is neither.
  case decided
  /// Nothing, ever; the client's own clock has to end the call.
  case silence
  /// The end of the connection, and with it of all calls on it.
  case hangUp
  /// As `decided`, but the connection ends before the answer is out: what the client has to find out by asking again.
  case decidedAndLost
  /// An answer that waits until the test lets it go.
  case held(TestHold, then: TestAnswer)

  /// An execution that is completed, with these actions.
  public static func actions(_ actions: [ActionResultMessage]) -> TestAnswer {
    .message(
      ExecuteTreeResponseMessage(
        execution: ExecutionMessage(
          executionID: "00000000-0000-7000-8000-000000000000", status: .completed, actions: actions
        )))
  }

  /// An execution.
  public static func execution(_ execution: ExecutionMessage) -> TestAnswer {
    .message(ExecuteTreeResponseMessage(execution: execution))
  }

  /// A status with what programs read of it.
  ///
  /// - Parameters:
  ///   - code: A gRPC code.
  ///   - message: For people.
  ///   - reason: Such as `OVERLOADED`; `nil` for none.
  ///   - retryDelay: After how long the call would be taken; `nil` for not at all.
  /// - Returns: The answer.
  public static func failure(
    _ code: ClientError.Code, _ message: String = "as the test wants it", reason: String? = nil,
    retryDelay: Duration? = nil
  ) -> TestAnswer {
    var details: [StatusDetail] = []
    if let reason { details.append(.errorInfo(reason: reason)) }
    if let retryDelay { details.append(.retryInfo(delay: retryDelay)) }
    return .failure(RPCStatus(code: code.rawValue, message: message, details: details))
  }
}
