/// The answer to ``LiftQuarantineRequest``: it is done.
public struct LiftQuarantineResponse: ResponseMessage {
  /// Makes an answer.
  public init() {}

  /// Appends nothing: the message has no fields.
  public func append(to output: inout [UInt8]) {}
}
