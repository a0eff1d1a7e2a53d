/// The answer to ``ExecuteTreeRequestMessage``.
public struct ExecuteTreeResponseMessage: ResponseMessage {
  /// What was decided.
  public var execution: ExecutionMessage?

  /// Makes an answer.
  public init(execution: ExecutionMessage?) { self.execution = execution }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    guard let execution else { return }
    Wire.message(1, reserving: 2, to: &output) { execution.append(to: &$0) }
  }
}
