/// The answer to ``HealthCheckRequest``.
public struct HealthCheckResponse: ResponseMessage {
  /// Whether a service can be called.
  public enum Status: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unknown = 0
    /// It can.
    case serving = 1
    /// It can not, for instance while it drains.
    case notServing = 2
  }

  /// Whether the service can be called.
  public var status: Status

  /// Makes an answer.
  public init(status: Status) { self.status = status }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.integer(1, signed: Int64(status.rawValue), to: &output)
  }
}
