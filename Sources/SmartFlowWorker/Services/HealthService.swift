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
    answer(call) { HealthCheckResponse(status: healthStatus).append(to: &$0) }
  }

  /// `grpc.health.v1.Health/List`: of the whole server, and of every service of the socket that was asked.
  func listHealth(_ payload: RawSpan, _ call: Call) {
    do throws(MessageError) {
      _ = try arena.lend { arena throws(MessageError) in
        try HealthListRequest(decoding: payload, in: &arena)
      }
    } catch {
      return answer(call, failure: RPCStatus(error))
    }
    let status = healthStatus
    var statuses = ["": status]
    for method in Method.allCases where method.isServed(on: call.connection.socket) {
      statuses[method.service] = status
    }
    answer(call) { HealthListResponse(statuses: statuses).append(to: &$0) }
  }

  private var healthStatus: HealthCheckResponse.Status { isDraining ? .notServing : .serving }
}
