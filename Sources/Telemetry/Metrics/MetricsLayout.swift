/// Where each counter lies among the words that a worker shares with the keeper.
///
/// Every series that can be has its word, so that counting one is a load and a store: nothing is looked up, and
/// nothing is made on a request's path. The keeper adds up words without knowing what they stand for; only which of
/// them still count when their worker is gone.
public enum MetricsLayout {
  /// Changes with the meaning of a word.
  static let revision = 1

  /// Numbers of methods, of which 0 is for all that have none.
  static let methodSlots = 32
  /// gRPC's codes.
  static let codes = 17
  /// Numbers of types of actions, of which 0 is for all that have none.
  static let actionSlots = 24
  static let actionStatuses = ["ACCEPTED", "SUPPRESSED", "FAILED", "NOT_PERFORMED"]
  static let executionStatuses = ["COMPLETED", "PARTIALLY_COMPLETED", "DRY_RUN", "FAILED"]
  static let sockets = ["data", "admin"]
  static let processes = ["worker", "keeper"]
  static let reasonSlots = 8

  private static let durationWords = HistogramScale.duration.bucketCount + 1
  private static let fuelWords = HistogramScale.fuel.bucketCount + 1

  /// The ``MetricNames/fingerprint`` of whoever writes the others.
  public static let fingerprint = 0
  static let requests = 1
  static let durations = requests + methodSlots * codes
  static let executions = durations + methodSlots * durationWords
  static let fuel = executions + executionStatuses.count
  static let actions = fuel + fuelWords
  static let accepted = actions + actionSlots * actionStatuses.count
  /// The tree was found in the cache.
  public static let cacheHits = accepted + sockets.count
  /// The tree was not found there.
  public static let cacheMisses = cacheHits + 1
  /// Lines of a worker's log that found no room.
  public static let workerDroppedLines = cacheMisses + 1
  /// The same of the keeper's own; it writes this one.
  public static let keeperDroppedLines = workerDroppedLines + 1
  static let restarts = keeperDroppedLines + 1
  /// Bytes that were appended to the journal.
  public static let journalBytes = restarts + reasonSlots
  static let journalSync = journalBytes + 1
  /// Words up to here count on when their worker is gone; those behind are of the moment.
  public static let counterWords = journalSync + durationWords
  /// Connections that are open.
  public static let openConnections = counterWords
  /// Memory of the trees that are kept, in bytes.
  public static let cacheBytes = openConnections + 1
  /// Requests that are not answered.
  ///
  /// The keeper writes this one, from what its watchdog sees.
  public static let streamsInFlight = cacheBytes + 1
  /// How many words there are.
  public static let wordCount = streamsInFlight + 1

  /// The word of a method's requests that ended so; a code that gRPC does not have is UNKNOWN.
  public static func request(method slot: Int, code: Int32) -> Int {
    requests + slot * codes + (code >= 0 && code < codes ? Int(code) : 2)
  }

  /// The words for a call that took so long: that of its bucket, and that of the sum.
  public static func duration(method slot: Int, nanoseconds: UInt64) -> (bucket: Int, sum: Int) {
    let start = durations + slot * durationWords
    return (start + HistogramScale.duration.bucket(of: nanoseconds), start + durationWords - 1)
  }

  /// The word of executions that ended so: 1 completed, 2 partially, 3 a dry run, anything else without a result.
  public static func execution(status: Int32) -> Int {
    executions + (status >= 1 && status <= 3 ? Int(status) - 1 : 3)
  }

  /// The words for an execution that used so much: that of its bucket, and that of the sum.
  public static func fuel(units: UInt64) -> (bucket: Int, sum: Int) {
    (fuel + HistogramScale.fuel.bucket(of: units), fuel + fuelWords - 1)
  }

  /// The word of a type's actions with a status: 1 accepted, 2 suppressed, 3 failed, 4 not performed.
  public static func action(type slot: Int, status: Int32) -> Int {
    actions + slot * actionStatuses.count + (status >= 1 && status <= 4 ? Int(status) - 1 : 2)
  }

  /// The word of accepted connections.
  public static func accepted(isAdmin: Bool) -> Int { accepted + (isAdmin ? 1 : 0) }

  /// The word of workers' ends by a reason, which has a number from 1; the keeper writes these.
  public static func restart(reason: Int) -> Int { restarts + reason % reasonSlots }

  /// The words for a journal that the disk took so long to hold.
  public static func journalSync(nanoseconds: UInt64) -> (bucket: Int, sum: Int) {
    (
      journalSync + HistogramScale.duration.bucket(of: nanoseconds),
      journalSync + durationWords - 1
    )
  }
}
