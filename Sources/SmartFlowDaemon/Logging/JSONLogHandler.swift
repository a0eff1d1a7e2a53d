internal import Logging
internal import Telemetry
internal import UnixSocket

/// Writes each log event as one JSON object on a line.
///
/// The message is the event's name; what else there is to say stands in the metadata.
struct JSONLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  let output: LogOutput

  init(output: LogOutput) { self.output = output }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = RecordLine()
    line.begin(
      event: "\(event.message)", level: event.level.rawValue,
      at: WallTime(microseconds: SystemClock.wallMicroseconds))
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line.member(named: key, "\(value)")
    }
    line.end()
    output.write(line: line.bytes)
  }
}
