import Foundation
import TestSupport
import Testing

@Suite struct `What the log has of a request` {
  private static let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let spanID = "00f067aa0ba902b7"

  private static func tree(_ phone: String) -> String {
    #"{"type":"SendSMS","parameters":{"phone":"\#(phone)","message":"Hi"}}"#
  }

  private func execute(
    _ tree: String, on daemon: DaemonProcess, metadata: [(String, String)] = []
  ) throws -> Wire.Answer {
    let payload = Wire.field(1, tree) + Wire.field(5, "{\"phone\":\"+3562\"}")
    return try RawConnection(path: daemon.socketPath).call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: payload, timeoutNanoseconds: 5_000_000_000, metadata: metadata))
  }

  private func records(_ event: String, of daemon: DaemonProcess) throws -> [[String: Any]] {
    _ = waitUntil(within: .seconds(30)) { daemon.log().contains(#""event":"\#(event)""#) }
    return try daemon.logRecords(of: event)
  }

  @Test(arguments: [
    ("00-\(traceID)-\(spanID)-01", traceID), ("cc-\(traceID)-\(spanID)-01-more", traceID),
    ("00-\(traceID.uppercased())-\(spanID)-01", nil), ("00-\(traceID)-0000000000000000-01", nil),
    ("nonsense", nil),
  ])
  func `names the caller's trace, where it is one`(traceparent: String, trace: String?) throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--log-level", "debug"])
    let answer = try execute(
      Self.tree("+35621234567"), on: daemon,
      metadata: [("TraceParent", traceparent), ("x-request-id", "r-1")])
    #expect(answer.code == 0, "\(answer.message)")
    for event in ["request", "action"] {
      let record = try #require(try records(event, of: daemon).last)
      #expect(record["request_id"] as? String == "r-1")
      #expect(record["trace_id"] as? String == trace, "\(event)")
      #expect(record["span_id"] as? String == (trace == nil ? nil : Self.spanID))
      #expect(record["traceparent"] == nil)
    }
    #expect(try records("action", of: daemon).last?["execution_id"] is String)
  }

  @Test func `hides masked parameters, and the answer does not`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--mask-parameters", "phone,to"])
    let answer = try execute(Self.tree("+35621234567"), on: daemon)
    #expect(answer.code == 0, "\(answer.message)")
    #expect(String(decoding: answer.payload, as: UTF8.self).contains("+35621234567"))
    let record = try #require(try records("action", of: daemon).first)
    let parameters = try #require(record["parameters"] as? [String: String])
    #expect(parameters == ["phone": "***", "message": "Hi"])
    #expect(!daemon.log().contains("35621234567"))
  }

  @Test func `says of a masked parameter that does not fit only that`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--mask-parameters", "phone"])
    let answer = try execute(Self.tree("{{phone + \\\"secret\\\"}}"), on: daemon)
    #expect(answer.code == 0, "\(answer.message)")
    let record = try #require(try records("action", of: daemon).first)
    #expect(record["status"] as? String == "FAILED")
    #expect(record["message"] as? String == "`phone` is not what the action's type wants")
    #expect(!daemon.log().contains("secret"))
  }
}
