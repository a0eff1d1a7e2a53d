internal import Logging
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// Writes each log event as one JSON object on a line.
///
/// The message is the event's name; what else there is to say stands in the metadata.
struct JSONLogHandler: LogHandler {
  /// The output's, so that all loggers change theirs together while the daemon runs.
  var logLevel: Logger.Level {
    get { Logger.Level(rawValue: output.level.name) ?? .info }
    set { output.level = LogLevel(name: newValue.rawValue) ?? .info }
  }
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
