internal import SmartFlowMessages
internal import Telemetry

extension Timestamp {
  /// RFC 3339, as the log has it.
  var text: String {
    guard isValid else { return "unknown" }
    var text: [UInt8] = []
    WallTime(microseconds: seconds * 1_000_000 + Int64(nanoseconds) / 1000)
      .appendRFC3339(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
