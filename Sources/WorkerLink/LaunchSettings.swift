/// What the keeper tells a worker when it starts it.
///
/// Written as arguments of the form `name=number` (and one text), so that `ps` shows them and a worker needs no
/// argument parser.
public struct LaunchSettings: Equatable, Sendable {
  /// Which of the workers it is, from 0.
  public var workerIndex = 0
  /// How many workers there are.
  public var workerCount = 1
  /// Deadline of a call that names none, in nanoseconds.
  public var defaultTimeoutNanoseconds: UInt64 = 150_000_000
  /// The longest deadline, in nanoseconds; a longer one is capped.
  public var maximumTimeoutNanoseconds: UInt64 = 5_000_000_000
  /// Fuel of one execution, in units.
  public var fuelUnits = 1_000_000
  /// Memory for compiled trees, in bytes.
  public var treeCacheBytes = 64 << 20
  /// Open connections of this worker.
  public var connections = 1024
  /// Calls in flight on one connection.
  public var streamsInFlight = 256
  /// Answers that a client has not taken yet, of one connection, in bytes; past them it is closed.
  public var unreadBytes = 32 << 20
  /// How long a frame may take from its first byte to its last, in nanoseconds.
  public var frameTimeoutNanoseconds: UInt64 = 10_000_000_000
  /// How long answers may wait for a client that takes none of them, in nanoseconds.
  public var unreadTimeoutNanoseconds: UInt64 = 10_000_000_000
  /// The user that the worker is to be.
  public var userID = 0
  /// The user's group.
  public var groupID = 0
  /// Address space of the worker, in bytes.
  public var memoryBytes = 1 << 30
  /// Layers of confinement that it does without, a bit each.
  public var unconfinedBits = 0
  /// Sockets that outlive the daemon, a bit each: 1 the data socket, 2 the admin socket.
  ///
  /// Whoever comes to one during a drain waits there for the next daemon.
  public var passedSockets = 0
  /// When records must be on the disk: a ``JournalSync``.
  public var journalSync = JournalSync.interval.rawValue
  /// How long a worker may keep to itself that it has appended, in nanoseconds.
  public var journalIntervalNanoseconds: UInt64 = 10_000_000
  /// Which decisions go into the audit: an ``AuditScope``.
  public var auditScope = AuditScope.actions.rawValue
  /// Of decisions without actions, so many in a million go there, where all do.
  public var auditSamplePerMillion = 1_000_000
  /// What of contexts goes there: an ``AuditContext``.
  public var auditContext = AuditContext.digest.rawValue
  /// Who may call on the data socket.
  public var allowedPeers = AllowedPeers()
  /// Parameters of actions whose values no record shows, by name.
  public var maskedParameters: [String] = []
  /// Something forbidden that it tries once it is confined, for tests; see `Attempt` in Confinement.
  public var attempt: String?

  /// The defaults.
  public init() {}

  private static let fields:
    [(name: String, path: any WritableKeyPath<LaunchSettings, Int> & Sendable)] =
      [
        ("worker", \.workerIndex), ("workers", \.workerCount),
        ("fuel", \.fuelUnits), ("tree-cache-bytes", \.treeCacheBytes),
        ("connections", \.connections), ("streams", \.streamsInFlight),
        ("unread-bytes", \.unreadBytes),
        ("user", \.userID), ("group", \.groupID), ("memory-bytes", \.memoryBytes),
        ("unconfined", \.unconfinedBits), ("passed-sockets", \.passedSockets),
        ("journal-sync", \.journalSync), ("audit", \.auditScope),
        ("audit-sample", \.auditSamplePerMillion), ("audit-context", \.auditContext),
      ]

  private static let times:
    [(name: String, path: any WritableKeyPath<LaunchSettings, UInt64> & Sendable)] = [
      ("default-timeout-ns", \.defaultTimeoutNanoseconds),
      ("maximum-timeout-ns", \.maximumTimeoutNanoseconds),
      ("frame-timeout-ns", \.frameTimeoutNanoseconds),
      ("journal-interval-ns", \.journalIntervalNanoseconds),
      ("unread-timeout-ns", \.unreadTimeoutNanoseconds),
    ]

  /// Left out where they are empty.
  private static let lists:
    [(name: String, path: any WritableKeyPath<LaunchSettings, [UInt32]> & Sendable)] = [
      ("allowed-users", \.allowedPeers.users), ("allowed-groups", \.allowedPeers.groups),
    ]

  /// The arguments that say the same.
  public var arguments: [String] {
    Self.fields.map { "\($0.name)=\(self[keyPath: $0.path])" }
      + Self.times.map { "\($0.name)=\(self[keyPath: $0.path])" }
      + Self.lists.compactMap { name, path in
        let numbers = self[keyPath: path]
        return numbers.isEmpty ? nil : "\(name)=\(AllowedPeers.text(of: numbers))"
      } + (maskedParameters.isEmpty ? [] : ["masked=" + maskedParameters.joined(separator: ",")])
      + (attempt.map { ["attempt=\($0)"] } ?? [])
  }

  /// Why arguments are no settings.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// An argument is none of those that are known, or has no number.
    case unknown(argument: String)
    /// An argument is missing, or stands there twice.
    case notOnce(name: String)

    /// One sentence with the remedy.
    public var description: String {
      switch self {
      case .unknown(let argument):
        "argument `\(argument)` is unknown; smartflow-worker is started by smartflowd only"
      case .notOnce(let name):
        "argument `\(name)` must be given once; smartflow-worker is started by smartflowd only"
      }
    }
  }

  /// Reads the arguments that a keeper wrote.
  ///
  /// - Throws: ``Failure`` when they are anything else.
  public init(parsing arguments: [String]) throws(Failure) {
    var given: Set<String> = []
    for argument in arguments {
      guard let separator = argument.firstIndex(of: "=") else { throw .unknown(argument: argument) }
      let name = String(argument[..<separator])
      let text = argument[argument.index(after: separator)...]
      if let path = Self.fields.first(where: { $0.name == name })?.path,
        let value = Int(text), value >= 0
      {
        self[keyPath: path] = value
      } else if let path = Self.times.first(where: { $0.name == name })?.path,
        let value = UInt64(text)
      {
        self[keyPath: path] = value
      } else if let path = Self.lists.first(where: { $0.name == name })?.path,
        let numbers = AllowedPeers.numbers(in: text)
      {
        self[keyPath: path] = numbers
      } else if name == "masked", !text.isEmpty {
        maskedParameters = text.split(separator: ",", omittingEmptySubsequences: false).map {
          String($0)
        }
      } else if name == "attempt", !text.isEmpty {
        attempt = String(text)
      } else {
        throw .unknown(argument: argument)
      }
      guard given.insert(name).inserted else { throw .notOnce(name: name) }
    }
    for name in Self.fields.map(\.name) + Self.times.map(\.name) where !given.contains(name) {
      throw .notOnce(name: name)
    }
  }
}

/// The descriptors that a worker is born with.
public enum InheritedDescriptor: Int32, CaseIterable, Sendable {
  /// The data socket, listening.
  case dataListener = 3
  /// The admin socket, listening.
  case adminListener = 4
  /// Packets of log records to the keeper.
  case log = 5
  /// Packets of ``ControlMessage`` both ways; its end is the keeper's.
  case control = 6
  /// The ``StatusBoard``, for reading.
  case statusBoard = 7
  /// The worker's own ``WorkerPage``, for writing.
  case page = 8
  /// The worker's desk, for writing: what it asks of the store of published trees, and the answer.
  case desk = 9
  /// The catalog of published trees, for reading.
  case catalog = 10
  /// Packets of ``JournalMessage`` both ways.
  case journal = 11
  /// Packets of ``KeyMessage`` both ways.
  case keys = 12
}
