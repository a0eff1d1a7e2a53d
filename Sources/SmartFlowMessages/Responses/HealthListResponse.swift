/// The answer to ``HealthListRequest``.
public struct HealthListResponse: ResponseMessage {
  /// Whether each service can be called, by its full name; the empty name is the whole server.
  public var statuses: [String: HealthCheckResponse.Status]

  /// Makes an answer.
  public init(statuses: [String: HealthCheckResponse.Status]) { self.statuses = statuses }

  /// Appends the message's bytes, in the names' order.
  public func append(to output: inout [UInt8]) {
    for (service, status) in statuses.sorted(by: { $0.key < $1.key }) {
      Wire.message(1, to: &output) {
        Wire.presentText(1, service, to: &$0)
        Wire.message(2, to: &$0) { HealthCheckResponse(status: status).append(to: &$0) }
      }
    }
  }
}
