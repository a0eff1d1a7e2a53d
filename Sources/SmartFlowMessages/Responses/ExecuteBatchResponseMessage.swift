/// The answer to ``ExecuteBatchRequestMessage``.
public struct ExecuteBatchResponseMessage: ResponseMessage {
  /// What became of one item.
  public enum Result: Equatable, Sendable {
    /// The server said neither.
    case none
    /// It was decided.
    case execution(ExecutionMessage)
    /// It was not.
    case error(RPCStatus)
  }

  /// One for each item, in the items' order.
  public var results: [Result]

  /// Makes an answer.
  public init(results: [Result]) { self.results = results }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    for result in results {
      switch result {
      case .none: Wire.message(1, to: &output) { _ in }
      case .execution(let execution):
        ExecutionWriter.appendBatchResult(to: &output) { execution.append(to: &$0) }
      case .error(let status): ExecutionWriter.appendBatchResult(status, to: &output)
      }
    }
  }
}
