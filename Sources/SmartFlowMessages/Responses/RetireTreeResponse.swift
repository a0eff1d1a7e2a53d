/// Nobody runs it any more.
public struct RetireTreeResponse: ResponseMessage {
  /// Makes a response.
  public init() {}

  /// Appends nothing: it has no fields.
  public func append(to output: inout [UInt8]) {}
}
