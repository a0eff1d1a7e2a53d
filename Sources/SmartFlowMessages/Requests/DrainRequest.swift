/// Asks the daemon to finish what is in flight, and to end.
public struct DrainRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = DrainResponse
  /// The method that takes it.
  public static var method: Method { .drain }

  /// Makes a request.
  public init() {}

  /// Appends nothing: the message has no fields.
  public func append(to output: inout [UInt8]) {}
}
