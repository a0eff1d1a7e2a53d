public import UnixSocket

/// What a worker is doing, as the keeper sees it.
public enum WorkerState: UInt64, Sendable {
  /// Started, not yet accepting.
  case starting = 1
  /// Accepting.
  case serving = 2
  /// Finishing what is in flight.
  case draining = 3
  /// Ended; started again after its backoff.
  case stopped = 4
}

/// What a worker has done since it was started.
public struct WorkerCounters: Equatable, Sendable {
  /// Connections that are open.
  public var openConnections: UInt64 = 0
  /// Requests answered.
  public var requests: UInt64 = 0
  /// Executions that came to a result, each item of a batch counted.
  public var executions: UInt64 = 0
  /// Requests answered with a status other than OK.
  public var failures: UInt64 = 0
  /// Log lines that did not fit into the channel.
  public var droppedLogLines: UInt64 = 0

  /// All zero.
  public init() {}
}

/// The counters of one worker, written by it alone and read by the keeper.
public struct WorkerPage: ~Copyable, Sendable {
  let words: SharedWords

  /// Words of a page.
  public static let wordCount = metricsWord + StatusBoard.metricsWords

  /// Makes a page, in the keeper.
  public init() throws(SystemError) {
    words = try SharedWords(creating: "smartflow-worker", count: Self.wordCount)
  }

  /// Maps the page that the keeper made.
  public init(mapping descriptor: consuming Descriptor, isWritable: Bool) throws(SystemError) {
    words = try SharedWords(
      mapping: descriptor, count: Self.wordCount, isWritable: isWritable)
  }

  /// The memory's file.
  public var rawDescriptor: Int32 { words.descriptor.rawValue }

  /// The counters; the worker writes, the keeper reads.
  public var counters: WorkerCounters {
    get {
      var counters = WorkerCounters()
      counters.openConnections = words[0]
      counters.requests = words[1]
      counters.executions = words[2]
      counters.failures = words[3]
      counters.droppedLogLines = words[4]
      return counters
    }
    nonmutating set {
      words[0] = newValue.openConnections
      words[1] = newValue.requests
      words[2] = newValue.executions
      words[3] = newValue.failures
      words[4] = newValue.droppedLogLines
    }
  }
}

/// What the keeper knows of itself and its workers: written by it, read by every worker.
public struct StatusBoard: ~Copyable, Sendable {
  /// One worker's line.
  public struct Worker: Equatable, Sendable {
    /// 0 while none runs.
    public var processID: UInt64 = 0
    /// When it was started, in microseconds since 1970.
    public var startMicroseconds: UInt64 = 0
    /// How often it had to be started again.
    public var restarts: UInt64 = 0
    /// What it is doing.
    public var state = WorkerState.stopped
    /// What it has done, not more than a second ago.
    public var counters = WorkerCounters()

    /// A worker that was not started yet.
    public init() {}
  }

  private static let wordsPerWorker = 16
  private static let headWords = 8
  /// The most workers that a board holds.
  public static let workers = 256

  let words: SharedWords

  /// Where the part of `StatusBoard+Confinement.swift` begins.
  static let confinementWord = headWords + workers * wordsPerWorker
  /// Where the part of `StatusBoard+Supervision.swift` begins.
  static let supervisionWord = confinementWord + confinementWords
  /// Where the part of `StatusBoard+Metrics.swift` begins.
  static let metricsWord = supervisionWord + supervisionWords + operationsWords

  /// Where the part of `StatusBoard+Catalog.swift` begins.
  static let catalogWord = metricsWord + metricsWords

  static func wordCount() -> Int { catalogWord + catalogWords }

  /// Makes a board, in the keeper.
  public init(
    keeperProcessID: UInt64, startMicroseconds: UInt64, startNanoseconds: UInt64, workerCount: Int
  ) throws(SystemError) {
    precondition(workerCount <= Self.workers, "too many workers for the board")
    words = try SharedWords(
      creating: "smartflow-status", count: Self.wordCount(), othersMayWrite: false)
    words[0] = keeperProcessID
    words[1] = startMicroseconds
    words[2] = UInt64(workerCount)
    words[3] = startNanoseconds
  }

  /// Maps the board for reading.
  public init(mapping descriptor: consuming Descriptor) throws(SystemError) {
    words = try SharedWords(
      mapping: descriptor, count: Self.wordCount(), isWritable: false)
  }

  /// The memory's file.
  public var rawDescriptor: Int32 { words.descriptor.rawValue }
  /// The keeper's process.
  public var keeperProcessID: UInt64 { words[0] }
  /// When the keeper started, in microseconds since 1970.
  public var startMicroseconds: UInt64 { words[1] }
  /// The same instant on the monotonic clock, which nobody sets: for telling how long ago it was.
  public var startNanoseconds: UInt64 { words[3] }
  /// How many workers there are.
  public var workerCount: Int { min(Int(clamping: words[2]), Self.workers) }

  /// One worker's line; the keeper writes it.
  public subscript(index: Int) -> Worker {
    get {
      let at = Self.headWords + index * Self.wordsPerWorker
      var worker = Worker()
      worker.processID = words[at]
      worker.startMicroseconds = words[at + 1]
      worker.restarts = words[at + 2]
      worker.state = WorkerState(rawValue: words[at + 3]) ?? .stopped
      worker.counters.openConnections = words[at + 4]
      worker.counters.requests = words[at + 5]
      worker.counters.executions = words[at + 6]
      worker.counters.failures = words[at + 7]
      worker.counters.droppedLogLines = words[at + 8]
      return worker
    }
    nonmutating set {
      let at = Self.headWords + index * Self.wordsPerWorker
      words[at] = newValue.processID
      words[at + 1] = newValue.startMicroseconds
      words[at + 2] = newValue.restarts
      words[at + 3] = newValue.state.rawValue
      words[at + 4] = newValue.counters.openConnections
      words[at + 5] = newValue.counters.requests
      words[at + 6] = newValue.counters.executions
      words[at + 7] = newValue.counters.failures
      words[at + 8] = newValue.counters.droppedLogLines
    }
  }
}
