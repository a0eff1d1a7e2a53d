/// Asks whether a service can be called.
public struct HealthCheckRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = HealthCheckResponse
  /// The method that takes it.
  public static var method: Method { .healthCheck }

  /// The service's full name; empty for the whole server.
  public var service: String

  /// Makes a request.
  public init(service: String = "") { self.service = service }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) { Wire.text(1, service, to: &output) }
}
