/// Asks what a server is and how it fares.
public struct GetServerInfoRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = GetServerInfoResponseMessage
  /// The method that takes it.
  public static var method: Method { .getServerInfo }

  /// Whether the answer is to have the configuration, too.
  public var includesConfiguration: Bool

  /// Makes a request.
  public init(includesConfiguration: Bool = false) {
    self.includesConfiguration = includesConfiguration
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.logical(1, includesConfiguration, to: &output)
  }
}
