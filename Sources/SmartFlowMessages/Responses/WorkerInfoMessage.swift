/// One worker process; its counters start at zero with the process.
public struct WorkerInfoMessage: Equatable, Sendable {
  /// What a worker is about.
  public enum State: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// Started, not yet accepting.
    case starting = 1
    /// Accepting and answering.
    case serving = 2
    /// Finishes what is in flight, then leaves.
    case draining = 3
    /// Ended; the keeper starts it again after its backoff.
    case stopped = 4
  }

  /// Its place among the workers.
  public var index: UInt32
  /// Its process; 0 while none runs.
  public var pid: UInt32
  /// When the process started.
  public var startTime: Timestamp?
  /// How often the keeper had to start it again.
  public var restarts: UInt32
  /// What it is about.
  public var state: State
  /// Connections that are open.
  public var openConnections: UInt32
  /// Requests that were read.
  public var requests: UInt64
  /// Trees that were executed.
  public var executions: UInt64
  /// Requests that were answered with a status other than OK.
  public var failures: UInt64
  /// Log lines that did not fit into the channel to the keeper.
  public var droppedLogLines: UInt64
  /// How its predecessors have ended that were not told to.
  public var deaths: WorkerDeathsMessage?

  /// Makes a description; what is not named is 0.
  public init(
    index: UInt32, pid: UInt32 = 0, startTime: Timestamp? = nil, restarts: UInt32 = 0,
    state: State = .unspecified, openConnections: UInt32 = 0, requests: UInt64 = 0,
    executions: UInt64 = 0, failures: UInt64 = 0, droppedLogLines: UInt64 = 0,
    deaths: WorkerDeathsMessage? = nil
  ) {
    self.index = index
    self.pid = pid
    self.startTime = startTime
    self.restarts = restarts
    self.state = state
    self.openConnections = openConnections
    self.requests = requests
    self.executions = executions
    self.failures = failures
    self.droppedLogLines = droppedLogLines
    self.deaths = deaths
  }

  func append(to output: inout [UInt8]) {
    Wire.integer(1, UInt64(index), to: &output)
    Wire.integer(2, UInt64(pid), to: &output)
    Wire.timestamp(3, startTime, to: &output)
    Wire.integer(4, UInt64(restarts), to: &output)
    Wire.integer(5, signed: Int64(state.rawValue), to: &output)
    Wire.integer(6, UInt64(openConnections), to: &output)
    Wire.integer(7, requests, to: &output)
    Wire.integer(8, executions, to: &output)
    Wire.integer(9, failures, to: &output)
    Wire.integer(10, droppedLogLines, to: &output)
    if let deaths { Wire.message(20, to: &output) { deaths.append(to: &$0) } }
  }
}
