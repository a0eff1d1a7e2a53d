import Foundation
import TestSupport

/// Calls of `smartflow.v1.AdminService`, each on a connection of its own.
struct Administrator {
  let daemon: DaemonProcess

  func call(_ method: String, _ payload: [UInt8] = []) throws -> Wire.Answer {
    try RawConnection(path: daemon.adminSocketPath).call(
      Wire.request(
        stream: 1, service: "smartflow.v1.AdminService", method: method, payload: payload,
        timeoutNanoseconds: 5_000_000_000))
  }

  /// Samples of Prometheus' text by what stands before their values.
  func metrics() throws -> [String: Double] {
    let field = try Wire.fields(of: call("GetMetrics").payload).first { $0.number == 2 }
    let text = field?.text ?? ""
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n")
    where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " ") else { continue }
      samples[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
    return samples
  }

  /// What the level of the log is now, by its number.
  func setLogLevel(_ level: UInt64?, seconds: UInt64? = nil) throws -> Wire.Answer {
    let duration = seconds.map { Wire.field(2, Wire.field(1, $0)) } ?? []
    return try call("SetLogLevel", (level.map { Wire.field(1, $0) } ?? []) + duration)
  }
}

/// Names of samples.
enum Sample {
  static func requests(_ method: String, _ code: String = "OK") -> String {
    #"smartflow_rpc_server_requests_total{method="\#(method)",code="\#(code)"}"#
  }

  static let executions = requests("smartflow.v1.ExecutionService/ExecuteTree")
  static let completed = #"smartflow_executions_total{status="COMPLETED"}"#
  static let durations =
    #"smartflow_rpc_server_duration_seconds_count{method="smartflow.v1.ExecutionService/ExecuteTree"}"#
  static let bonuses = #"smartflow_actions_total{type="GrantBonus",status="ACCEPTED"}"#
}
