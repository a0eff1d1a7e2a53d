internal import WorkerLink

/// All that can be configured, in the order of the help.
///
/// Whoever adds a row has a flag, a variable, a key of the file, a line of the help and of the report; what it does is
/// in the file that reads it off a ``Configuration``.
enum SettingTable {
  static let all: [Setting] = [
    .socket, .socketMode, .socketGroup, .adminSocket, .allowUid, .allowGid, .stateDirectory,
    .workers, .defaultTimeout, .maxTimeout, .fuelLimit, .treeCacheBytes, .workerUser,
    .workerMemory, .allowUnconfined, .maxConnections, .maxStreams, .frameTimeout, .unreadTimeout,
    .unreadBytes, .journalSync, .journalSyncInterval, .journalSize, .audit, .auditSample,
    .auditContext, .auditKey, .auditCheckpoints, .auditRetentionDays, .idempotencyRetention,
    .shutdownGrace, .logLevel, .maskParameters,
  ]

  static func setting(named name: String) -> Setting? { all.first { $0.name == name } }
}

extension Setting {
  // MARK: Sockets

  static let socket = Setting(
    name: "socket", kind: .path, reload: .withRestart, valueName: "path",
    help: """
      The data socket's path. Default: /run/smartflow/smartflow.sock as root, else \
      $XDG_RUNTIME_DIR/smartflow.sock. Not for one that a service manager passes (see above).
      """)

  static let socketMode = Setting(
    name: "socket-mode", kind: .mode, standard: "0660", reload: .withRestart, valueName: "mode",
    help: "Permission bits of the data socket, in base eight.")

  static let socketGroup = Setting(
    name: "socket-group", kind: .text, reload: .withRestart, valueName: "group",
    help: "Group of the data socket, by name or number.")

  static let adminSocket = Setting(
    name: "admin-socket", kind: .path, reload: .withRestart, valueName: "path",
    help: "The admin socket's path, mode 0600. Default: admin.sock beside the data socket.")

  static let allowUid = Setting(
    name: "allow-uid", kind: .names, reload: .withWorkers, valueName: "user",
    help: """
      A user, by name or number, who may call on the data socket; may be given many times. With this or \
      --allow-gid nobody else may, root neither, and is answered PERMISSION_DENIED. Without them \
      everybody may whom the socket's rights let in.
      """)

  static let allowGid = Setting(
    name: "allow-gid", kind: .names, reload: .withWorkers, valueName: "group",
    help: """
      A group, by name or number, whose members may call on the data socket; may be given many \
      times. The groups count that a process was in when it connected.
      """)

  // MARK: State

  static let stateDirectory = Setting(
    name: "state-directory", kind: .path, reload: .withRestart, valueName: "path",
    help: """
      Folder of what outlives the daemon: published trees, journals, the audit. Made with mode 0700 where it is missing; one \
      daemon at a time has it. Default: systemd's $STATE_DIRECTORY, else /var/lib/smartflow as root and \
      $XDG_STATE_HOME/smartflow (~/.local/state/smartflow) otherwise.
      """)

  // MARK: Work

  static let workers = Setting(
    name: "workers", kind: .count(1...StatusBoard.workers), reload: .withRestart,
    valueName: "count",
    help: """
      How many workers; the default is one for each processor that the daemon may run on and that its \
      control group pays for.
      """)

  static let defaultTimeout = Setting(
    name: "default-timeout", kind: .time(least: .least), standard: "150ms", reload: .withWorkers,
    valueName: "time", help: "Deadline of a call that names none: 150ms, 2s.")

  static let maxTimeout = Setting(
    name: "max-timeout", kind: .time(least: .least), standard: "5s", reload: .withWorkers,
    valueName: "time", help: "The longest deadline; a longer one is capped.")

  static let fuelLimit = Setting(
    name: "fuel-limit", kind: .count(1...Int.max), standard: "1000000", reload: .withWorkers,
    valueName: "units", help: "Fuel of one execution, in units.")

  static let treeCacheBytes = Setting(
    name: "tree-cache-bytes", kind: .count(0...Int.max), standard: "67108864",
    reload: .withWorkers, valueName: "bytes",
    help: "Memory of each worker for compiled trees, in bytes.")

  // MARK: Confinement

  static let workerUser = Setting(
    name: "worker-user", kind: .text, reload: .withWorkers, valueName: "user",
    help: """
      The user that workers run as, by name or number, when smartflowd is started as root; a user of \
      their own is better than one that others share. Default: nobody. Otherwise they run as whoever \
      starts it.
      """)

  static let workerMemory = Setting(
    name: "worker-memory", kind: .size(least: SizeText(byteCount: 1 << 20)), reload: .withWorkers,
    valueName: "size",
    help: """
      Address space of each worker: 512MiB, 2GiB. One that wants more ends, and another is started. \
      Default: 1GiB, or more where --tree-cache-bytes or --max-connections need it.
      """)

  static let allowUnconfined = Setting(
    name: "allow-unconfined", kind: .names, reload: .withRestart, valueName: "layers",
    help: """
      Layers of confinement that workers do without, separated by commas or in many flags: for a system that lacks them, \
      or a build that can't live with them. Such a layer is left off even where the system has it. Of: \
      \(Set(ConfinementLayer.allCases).names).
      """)

  // MARK: Connections

  static let maxConnections = Setting(
    name: "max-connections", kind: .count(1...Int.max), standard: "1024", reload: .withWorkers,
    valueName: "count",
    help: """
      Open connections, of all workers together; each worker has its part. One more waits in the \
      kernel until another closes.
      """)

  static let maxStreams = Setting(
    name: "max-streams", kind: .count(1...Int.max), standard: "256", reload: .withWorkers,
    valueName: "count",
    help: "Calls in flight on one connection; one more is answered RESOURCE_EXHAUSTED.")

  /// Less would close clients that only wait for the processor.
  static let frameTimeout = Setting(
    name: "frame-timeout", kind: .time(least: TimeText(milliseconds: 10)), standard: "10s",
    reload: .withWorkers, valueName: "time",
    help: """
      How long a frame may take from its first byte to its last; a connection whose frame takes \
      longer is closed. One that is idle between frames stays open.
      """)

  static let unreadTimeout = Setting(
    name: "unread-timeout", kind: .time(least: TimeText(milliseconds: 10)), standard: "10s",
    reload: .withWorkers, valueName: "time",
    help: "How long answers may wait for a client that does not read them; then it is closed.")

  /// An answer may take 4 MiB, and its client must be able to have it.
  static let unreadBytes = Setting(
    name: "unread-bytes", kind: .size(least: SizeText(byteCount: 5 << 20)), standard: "32MiB",
    reload: .withWorkers, valueName: "size",
    help: "Unread answers of one connection; past them it is closed at once: 8MiB, 32MiB.")

  // MARK: Records

  static let journalSync = Setting(
    name: "journal-sync", kind: .choice(JournalSync.allCases.map(\.name)), standard: "interval",
    reload: .withRestart, valueName: "when",
    help: """
      When what was recorded also outlasts a power cut; it outlasts the end of any process in any case. \
      always: before the caller has its answer; interval: within --journal-sync-interval and the time \
      the disk takes; never: when the operating system pleases.
      """)

  static let journalSyncInterval = Setting(
    name: "journal-sync-interval",
    kind: .time(least: TimeText(milliseconds: 1), most: TimeText(milliseconds: 1000)),
    standard: "10ms", reload: .withWorkers, valueName: "time",
    help: "How long a worker may keep to itself that it has recorded something.")

  static let journalSize = Setting(
    name: "journal-size", kind: .size(least: SizeText(byteCount: 1 << 20)), standard: "64MiB",
    reload: .withRestart, valueName: "size",
    help: "A worker goes on in a new journal when its own has so much.")

  static let audit = Setting(
    name: "audit", kind: .choice(AuditScope.allCases.map(\.name)), standard: "actions",
    reload: .withRestart, valueName: "which",
    help: """
      Which decisions go into the audit: those with actions, all, or none (off). Dry runs do not.
      """)

  static let auditSample = Setting(
    name: "audit-sample", kind: .fraction, standard: "1", reload: .withWorkers, valueName: "part",
    help: "With --audit all, the part of decisions without actions that is recorded.")

  static let auditContext = Setting(
    name: "audit-context", kind: .choice(AuditContext.allCases.map(\.name)), standard: "digest",
    reload: .withWorkers, valueName: "what",
    help: """
      What a record holds of the context that was decided on: its digest, so that a decision can be replayed by \
      whoever has the context and nobody else reads it; full, the context too, where it has at most 16 KiB, with \
      --mask-parameters masked by name; or nothing (off).
      """)

  static let auditKey = Setting(
    name: "audit-key", kind: .path, reload: .withRestart, valueName: "path",
    help: """
      The key that signs the audit, made where it is missing; better not in the same backups. Default: \
      audit.key among systemd's credentials if it is there, else in the state directory.
      """)

  static let auditCheckpoints = Setting(
    name: "audit-checkpoints", kind: .path, reload: .withRestart, valueName: "path",
    help: """
      Where signed checkpoints of the audit are written; better on another file system. Default: in the \
      state directory.
      """)

  static let auditRetentionDays = Setting(
    name: "audit-retention-days", kind: .count(1...100_000), reload: .withRestart,
    valueName: "days",
    help: "How long sealed segments of the audit are kept; the default is for ever.")

  static let idempotencyRetention = Setting(
    name: "idempotency-retention", kind: .time(least: TimeText(milliseconds: 1000)),
    standard: "1440m", reload: .withRestart, valueName: "time",
    help: "How long an idempotency key is remembered.")

  // MARK: The keeper

  static let shutdownGrace = Setting(
    name: "shutdown-grace", kind: .time(least: TimeText(milliseconds: 0)), standard: "5s",
    reload: .atOnce, valueName: "time",
    help: "How long a drain may take before the rest is ended.")

  static let logLevel = Setting(
    name: "log-level", kind: .choice(LogLevel.allCases.map(\.name)), standard: "info",
    reload: .atOnce, valueName: "level",
    help: "trace, debug, info, notice, warning, error or critical.")

  static let maskParameters = Setting(
    name: "mask-parameters", kind: .names, reload: .withWorkers, valueName: "names",
    help: """
      Parameters of actions whose values no record shows, such as phone,to: they are *** there. A name \
      counts for every type of action, and at any depth. Answers have the values all the same.
      """)
}

extension TimeText {
  /// A time that is any at all.
  fileprivate static let least = TimeText(nanoseconds: 1)
}
