internal import DecisionEngine
internal import Hashes
internal import JSON
internal import SmartFlowMessages
internal import TTRPC
internal import Telemetry
internal import UnixSocket
internal import WorkerLink

/// Writes what happened as JSON lines to the keeper, over a channel that never blocks.
///
/// Lines travel together: what only says that something was done waits some milliseconds for others, so that the keeper is
/// not woken for each decision; what went wrong leaves with the turn of the loop. Those that find no room are counted, and
/// the count is told as soon as there is room again.
struct RecordWriter: ~Copyable {
  private let channel: Descriptor
  private let workerIndex: Int
  private let mask: ParameterMask
  private var line = RecordLine()
  private var packet: [UInt8] = []
  private var linesInPacket: UInt64 = 0
  /// When the packet is to leave, on the monotonic clock in nanoseconds; never while it is empty.
  private(set) var flushDue = UInt64.max
  private var untoldDropsInPacket = false
  private var random = RandomBytes()
  /// Lines that nobody was told of yet.
  private var untoldDrops: UInt64 = 0
  /// Lines that did not fit since the worker was started.
  private(set) var droppedLines: UInt64 = 0
  /// Lines that matter less are not written.
  var leastLevel = LogLevel.info

  init(_ channel: consuming Descriptor, workerIndex: Int, mask: ParameterMask) {
    self.channel = channel
    self.workerIndex = workerIndex
    self.mask = mask
  }

  /// A new identifier.
  mutating func identifier(at time: WallTime) -> UUIDv7 {
    UUIDv7(milliseconds: time.milliseconds, random: random.ten())
  }

  /// Writes what the worker has to say of itself.
  mutating func write(event: String, level: LogLevel, reason: String) {
    guard level >= leastLevel else { return }
    line.begin(event: event, level: level.name, at: Self.now)
    line.member("worker", workerIndex)
    line.member("reason", reason)
    send(isUrgent: true)
  }

  /// Writes a line for each action of an execution that was performed, or failed.
  mutating func write(_ result: borrowing ExecutionResult, _ call: Call) {
    guard !result.subject.dryRun else { return }
    for (action, identifier) in zip(result.actions, result.actionIDs)
    where (action.failure == nil ? LogLevel.info : .warning) >= leastLevel {
      writeAction(action, identifier, result, call, withParameters: true)
      if line.bytes.count >= LogRecord.lineBytes {
        // That an action was accepted is told whatever its size; what it said is in the audit.
        writeAction(action, identifier, result, call, withParameters: false)
      }
      send(isUrgent: action.failure != nil)
    }
  }

  private mutating func writeAction(
    _ action: PlannedAction, _ identifier: UUIDv7, _ result: borrowing ExecutionResult,
    _ call: Call,
    withParameters: Bool
  ) {
    line.begin(
      event: "action", level: action.failure == nil ? "info" : "warning", at: result.subject.now)
    line.members(of: result.subject, call, workerIndex: workerIndex)
    line.members(
      of: action, identifier, of: result.subject.cached, masking: mask,
      withParameters: withParameters)
  }

  /// Writes that an execution came to nothing.
  mutating func writeFailure(
    _ status: RPCStatus, of subject: ExecutionSubject, _ call: Call, path: String
  ) {
    guard LogLevel.warning >= leastLevel else { return }
    line.begin(event: "execution_failed", level: "warning", at: Self.now)
    line.members(of: subject, call, workerIndex: workerIndex)
    line.member("status", StatusCode(rawValue: status.code)?.name ?? "UNKNOWN")
    for case .errorInfo(let reason, _, _) in status.details { line.member("reason", reason) }
    line.member("message", status.message)
    if !path.isEmpty { line.member("path", path) }
    send(isUrgent: true)
  }

  /// Writes that a request was answered, where every one is to be written.
  mutating func writeRequest(_ call: Call, code: Int32, nanoseconds: UInt64) {
    guard leastLevel <= .debug else { return }
    line.begin(event: "request", level: "debug", at: Self.now)
    line.member("worker", workerIndex)
    if let method = call.method { line.member("method", method.fullName) }
    line.member("status", StatusCode(rawValue: code)?.name ?? "UNKNOWN")
    line.member("elapsed_us", Int(clamping: nanoseconds / 1000))
    if let requestID = call.requestID { line.member("request_id", requestID) }
    if let trace = call.trace { line.member(trace) }
    send(isUrgent: false)
  }

  private mutating func send(isUrgent: Bool) {
    line.end()
    guard LogRecord.append(line.bytes, to: &packet) else { return drop(1) }
    linesInPacket += 1
    if packet.count > LogRecord.fullPacketBytes {
      flush()
    } else if isUrgent {
      flushDue = 0
    } else if flushDue == .max {
      flushDue = SystemClock.monotonicNanoseconds + Limits.lineNanoseconds
    }
  }

  /// Sends what was written since the last flush, as one packet, where the time for that has come.
  mutating func flushDueLines() {
    guard flushDue != .max, flushDue <= SystemClock.monotonicNanoseconds else { return }
    flush()
  }

  /// Sends what was written since the last flush, as one packet.
  mutating func flush() {
    flushDue = .max
    guard linesInPacket > 0 else { return }
    if untoldDrops > 0 { tellDrops() }
    // Safe: bytes of any content are bytes.
    if case .bytes = unsafe channel.sendPacket(packet.span.bytes) {
      untoldDrops = untoldDropsInPacket ? 0 : untoldDrops
    } else {
      drop(linesInPacket)
    }
    untoldDropsInPacket = false
    packet.removeAll(keepingCapacity: true)
    linesInPacket = 0
  }

  private mutating func drop(_ count: UInt64) {
    untoldDrops += count
    droppedLines += count
  }

  private mutating func tellDrops() {
    var told = RecordLine()
    told.begin(event: "log_lines_dropped", level: "warning", at: Self.now)
    told.member("worker", workerIndex)
    told.member("count", Int(clamping: untoldDrops))
    told.end()
    untoldDropsInPacket = LogRecord.append(told.bytes, to: &packet)
  }

  private static var now: WallTime { WallTime(microseconds: SystemClock.wallMicroseconds) }
}
