internal import Storage
internal import WorkerLink

/// What is recorded of decisions, and how.
enum RecordSettings {
  /// Fills in what workers are told.
  ///
  /// - Returns: When records must be on the disk, which the keeper sees to.
  static func settle(_ configuration: Configuration, _ launch: inout LaunchSettings) -> JournalSync
  {
    let sync = sync(configuration)
    launch.journalSync = sync.rawValue
    launch.journalIntervalNanoseconds = configuration.nanoseconds(.journalSyncInterval)
    launch.auditScope = scope(configuration).rawValue
    launch.auditSamplePerMillion = Int((configuration.fraction(.auditSample) ?? 1) * 1_000_000)
    launch.auditContext = context(configuration).rawValue
    return sync
  }

  /// Where journals and audit lie in a state directory.
  static func journals(
    _ configuration: inout Configuration, in directory: String
  ) -> JournalSettings {
    var settings = JournalSettings(directory: directory + "/journals", audit: nil)
    if let byteCount = configuration.byteCount(.journalSize) {
      settings.journalBytes = UInt64(byteCount)
    }
    guard scope(configuration) != .off else { return settings }
    let key = configuration.text(.auditKey)
    var audit = JournalSettings.Audit(
      directory: directory + "/audit",
      checkpoints: configuration.text(.auditCheckpoints) ?? directory + "/audit-checkpoints.jsonl",
      key: key ?? credential() ?? directory + "/audit.key")
    // Beside a credential nothing can be written.
    if key == nil { audit.publicKey = directory + "/audit.key.pub" }
    if let days = configuration.count(.auditRetentionDays) {
      audit.retentionMicroseconds = UInt64(days) * 86_400_000_000
    }
    configuration.settle(.auditCheckpoints, as: audit.checkpoints)
    configuration.settle(.auditKey, as: audit.key)
    settings.audit = audit
    return settings
  }

  private static func sync(_ configuration: Configuration) -> JournalSync {
    JournalSync.allCases.first { $0.name == configuration.text(.journalSync) } ?? .interval
  }

  private static func scope(_ configuration: Configuration) -> AuditScope {
    AuditScope.allCases.first { $0.name == configuration.text(.audit) } ?? .actions
  }

  private static func context(_ configuration: Configuration) -> AuditContext {
    AuditContext.allCases.first { $0.name == configuration.text(.auditContext) } ?? .digest
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
