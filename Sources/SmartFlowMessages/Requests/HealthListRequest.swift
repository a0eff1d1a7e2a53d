/// Asks which services can be called.
public struct HealthListRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = HealthListResponse
  /// The method that takes it.
  public static var method: Method { .healthList }

  /// Makes a request.
  public init() {}

  /// Appends the message's bytes, of which there are none.
  public func append(to output: inout [UInt8]) {}
}
