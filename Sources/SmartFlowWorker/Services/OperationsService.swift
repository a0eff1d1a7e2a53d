internal import SmartFlowMessages
internal import TTRPC
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

// What operators ask for that the keeper does: checked here, asked over the control channel, answered when the keeper
// has said that it is done.
extension Worker {
  /// `smartflow.v1.AdminService/GetMetrics`.
  func reportMetrics(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try GetMetricsRequest(decoding: bytes, in: &arena)
      }
      let format: ExpositionFormat
      switch request.format {
      case .unspecified, .prometheusText: format = .prometheusText
      case .openMetrics: format = .openMetrics
      case nil:
        throw .invalid("format", "no such format; use 1, Prometheus' text, or 2, OpenMetrics")
      }
      askKeeper(.metrics(format), for: call) { .addMetricsUp(request: $0) }
    } catch {
      answer(call, failure: error)
    }
  }

  /// `smartflow.v1.AdminService/SetLogLevel`.
  func setLogLevel(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      let request = try decode(payload) { bytes, arena throws(MessageError) in
        try SetLogLevelRequest(decoding: bytes, in: &arena)
      }
      guard let wanted = request.level else {
        throw .invalid("level", "no such level; use 1, trace, to 7, critical")
      }
      guard let level = LogLevel(rawValue: UInt64(wanted.rawValue)) else {
        return answerLogLevel(call, previous: board.logLevel)
      }
      let milliseconds = try Self.milliseconds(of: request.duration)
      let change = LogLevelChange(level, milliseconds: milliseconds)
      askKeeper(.logLevel(previous: board.logLevel), for: call) {
        .setLogLevel(request: $0, change)
      }
    } catch {
      answer(call, failure: error)
    }
  }

  /// `smartflow.v1.AdminService/Drain`.
  func drainDaemon(_ payload: RawSpan, _ call: Call) {
    do throws(RPCStatus) {
      _ = try decode(payload) { bytes, arena throws(MessageError) in
        try DrainRequest(decoding: bytes, in: &arena)
      }
      askKeeper(.drain, for: call) { .wantDrain(request: $0) }
    } catch {
      answer(call, failure: error)
    }
  }

  // MARK: The keeper's answer

  /// Lets a call wait for what the keeper says to a message with the number that it is given.
  func askKeeper(
    _ subject: CallsAtKeeper.Subject, for call: Call, _ message: (UInt64) -> ControlMessage
  ) {
    guard !callsAtKeeper.isFull else { return answer(call, failure: .overloaded) }
    let number = callsAtKeeper.add(call, subject: subject)
    guard tell(message(number)) else {
      _ = callsAtKeeper.remove(number)
      return answer(call, failure: .overloaded)
    }
  }

  /// The keeper has done what a call wants, or can't now.
  func finishAtKeeper(_ request: UInt64, isDone: Bool) {
    guard let (call, subject) = callsAtKeeper.remove(request) else { return }
    guard isDone else { return answer(call, failure: .keeperBusy) }
    switch subject {
    case .metrics(let format): answerMetrics(call, format)
    case .logLevel(let previous): answerLogLevel(call, previous: previous)
    case .drain:
      answer(call) {
        DrainResponse(
          grace: .milliseconds(Int64(clamping: board.shutdownGraceMilliseconds)),
          keeperPID: UInt32(clamping: board.keeperProcessID)
        ).append(to: &$0)
      }
    // That has an answer of its own; a keeper that says this has made a mistake.
    case .lift: answer(call, failure: .keeperBusy)
    }
  }

  private func answerMetrics(_ call: Call, _ format: ExpositionFormat) {
    // The sum is of another release's counters while the workers of one make room for those of the next.
    guard board.metricsSum(MetricsLayout.fingerprint) == metricNames.fingerprint else {
      return answer(call, failure: .keeperBusy)
    }
    let report = MetricsReport(metricNames, metricsFacts) { board.metricsSum($0) }
    let text = ExpositionWriter.text(of: report, as: format)
    answer(call) {
      GetMetricsResponse(contentType: format.contentType, text: text).append(to: &$0)
    }
  }

  private func answerLogLevel(_ call: Call, previous: LogLevel) {
    let now = SystemClock.monotonicNanoseconds
    let ends = board.logLevelEnds
    let remaining: Duration? =
      ends == 0 ? nil : .milliseconds(Int64((ends - min(now, ends)) / 1_000_000))
    answer(call) {
      SetLogLevelResponse(
        level: LogLevelMessage(board.logLevel), previous: LogLevelMessage(previous),
        remaining: remaining, usual: LogLevelMessage(board.usualLogLevel)
      ).append(to: &$0)
    }
  }

  private static func milliseconds(of duration: Duration?) throws(RPCStatus) -> UInt64 {
    guard let duration else { return 0 }
    guard duration >= .milliseconds(1),
      duration <= .milliseconds(Int64(LogLevelChange.longestMilliseconds))
    else {
      throw .invalid("duration", "a level holds for a millisecond to a week, or, without, for good")
    }
    let (seconds, attoseconds) = duration.components
    return UInt64(seconds) * 1000 + UInt64(attoseconds / 1_000_000_000_000_000)
  }
}

extension LogLevelMessage {
  fileprivate init(_ level: LogLevel) {
    self = Self(rawValue: Int32(level.rawValue)) ?? .unspecified
  }
}
