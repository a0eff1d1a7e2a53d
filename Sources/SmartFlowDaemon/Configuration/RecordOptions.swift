internal import ArgumentParser
internal import Storage
internal import WorkerLink

/// What is recorded of decisions, and how.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      When what was recorded also outlasts a power cut; it outlasts the end of any process in any case. always: before \
      the caller has its answer; interval: within --journal-sync-interval and the time the disk takes; \
      never: when the operating system pleases.
      """, valueName: "when"))
  var journalSync = JournalSync.interval.name

  @Option(help: ArgumentHelp("See --journal-sync: 1ms to 1s.", valueName: "time"))
  var journalSyncInterval = TimeText(milliseconds: 10)

  @Option(
    help: ArgumentHelp(
      "A worker goes on in a new journal when its own has so much: 1MiB or more.", valueName: "size"
    ))
  var journalSize = SizeText(byteCount: 64 << 20)

  @Option(
    help: ArgumentHelp(
      """
      Which decisions go into the audit: those with actions, all, or none (off). Dry runs do not.
      """, valueName: "which"))
  var audit = AuditScope.actions.name

  @Option(
    help: ArgumentHelp(
      "With --audit all, the part of decisions without actions that is recorded: 0 to 1.",
      valueName: "part"))
  var auditSample = 1.0

  @Option(
    help: ArgumentHelp(
      """
      The key that signs the audit, made where it is missing; better out of the state directory's backups. \
      The default is audit.key among systemd's credentials if it is there, else in the state directory.
      """, valueName: "path"))
  var auditKey: String?

  @Option(
    help: ArgumentHelp(
      """
      Where signed checkpoints are written; better on another file system. The default is in the state directory.
      """, valueName: "path"))
  var auditCheckpoints: String?

  @Option(
    help: ArgumentHelp(
      "How many days sealed segments of the audit are kept; the default is for ever.",
      valueName: "days"))
  var auditRetentionDays: Int?

  @Option(
    help: ArgumentHelp("How long an idempotency key is remembered: up to a day.", valueName: "time")
  )
  var idempotencyRetention = TimeText(milliseconds: 86_400_000)

  /// Settles what workers are told.
  ///
  /// - Throws: ``StartFailure`` that names the flag and the remedy.
  func settle(_ launch: inout LaunchSettings) throws(StartFailure) {
    let interval = journalSyncInterval.nanoseconds
    guard (1_000_000...1_000_000_000).contains(interval) else {
      throw .usage("--journal-sync-interval \(journalSyncInterval) is out of range; use 1ms to 1s")
    }
    guard (0...1).contains(auditSample) else {
      throw .usage("--audit-sample \(auditSample) is out of range; use 0 to 1")
    }
    launch.journalSync = try sync().rawValue
    launch.journalIntervalNanoseconds = interval
    launch.auditScope = try scope().rawValue
    launch.auditSamplePerMillion = Int(auditSample * 1_000_000)
  }

  /// When records must be on the disk.
  func sync() throws(StartFailure) -> JournalSync {
    guard let sync = JournalSync.allCases.first(where: { $0.name == journalSync }) else {
      throw .usage("--journal-sync `\(journalSync)` is none; use always, interval or never")
    }
    return sync
  }

  private func scope() throws(StartFailure) -> AuditScope {
    guard let scope = AuditScope.allCases.first(where: { $0.name == audit }) else {
      throw .usage("--audit `\(audit)` is none; use all, actions or off")
    }
    return scope
  }

  /// Settles where journals and audit lie.
  ///
  /// - Throws: ``StartFailure`` that names the flag and the remedy.
  func journals(in directory: String) throws(StartFailure) -> JournalSettings {
    guard journalSize.byteCount >= 1 << 20 else {
      throw .usage("--journal-size \(journalSize) is out of range; use 1MiB or more")
    }
    var settings = JournalSettings(
      directory: directory + "/journals", audit: nil, journalBytes: UInt64(journalSize.byteCount))
    guard try scope() != .off else { return settings }
    var place = JournalSettings.Audit(
      directory: directory + "/audit",
      checkpoints: auditCheckpoints ?? directory + "/audit-checkpoints.jsonl",
      key: auditKey ?? Self.credential() ?? directory + "/audit.key")
    // Beside a credential nothing can be written.
    if auditKey == nil { place.publicKey = directory + "/audit.key.pub" }
    if let days = auditRetentionDays {
      guard (1...100_000).contains(days) else {
        throw .usage("--audit-retention-days \(days) is out of range; use 1 to 100000")
      }
      place.retentionMicroseconds = UInt64(days) * 86_400_000_000
    }
    settings.audit = place
    return settings
  }

  /// The key that the service manager hands down, if it does.
  ///
  /// - Source: systemd.exec(5), "Credentials".
  private static func credential() -> String? {
    guard let directory = Environment.text("CREDENTIALS_DIRECTORY") else { return nil }
    let path = directory + "/audit.key"
    return ProgramFile.exists(path) ? path : nil
  }
}
