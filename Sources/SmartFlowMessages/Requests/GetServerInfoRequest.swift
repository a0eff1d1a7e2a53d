/// Asks what a server is and how it fares.
public struct GetServerInfoRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = GetServerInfoResponseMessage
  /// The method that takes it.
  public static var method: Method { .getServerInfo }

  /// Makes a request.
  public init() {}

  /// Appends nothing: the message has no fields.
  public func append(to output: inout [UInt8]) {}
}
