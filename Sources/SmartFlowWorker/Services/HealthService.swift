internal import SmartFlowMessages
internal import TTRPC

extension Worker {
  /// `grpc.health.v1.Health/Check`: of the whole server, or of a service that it has.
  func checkHealth(_ payload: RawSpan, _ call: Call) {
    let service: String
    do throws(MessageError) {
      service = try arena.lend { arena throws(MessageError) in
        try HealthCheckRequest(decoding: payload, in: &arena).service
      }
    } catch {
      return answer(call, failure: RPCStatus(error))
    }
    guard service.isEmpty || Method.allCases.contains(where: { $0.service == service }) else {
      return answer(
        call,
        failure: RPCStatus(
          .notFound, "there is no service `\(service)` here",
          [.resourceInfo(type: "grpc.service", name: service)]))
    }
    let status: HealthCheckResponse.Status = isDraining ? .notServing : .serving
    answer(call) { HealthCheckResponse(status: status).append(to: &$0) }
  }
}
