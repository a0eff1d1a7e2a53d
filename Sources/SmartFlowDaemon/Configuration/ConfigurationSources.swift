internal import UnixSocket

/// Whoever says what is configured: flags, environment, file, and what a service manager has passed.
///
/// Kept for as long as the daemon runs, since a reload asks them again.
struct ConfigurationSources: Sendable {
  /// What each flag said, by the setting's name.
  var flags: [String: [String]] = [:]
  /// The configuration file; `nil` where there is none.
  var path: String?
  /// Sockets that were passed.
  var passed: [PassedSocket] = []
  /// The worker's program, where it is not beside the daemon's.
  var workerPath: String?
  /// What an environment variable says.
  var environment: @Sendable (String) -> String? = { Environment.text($0) }
  /// Something forbidden that each worker tries once it is confined: see `Attempt` in Confinement.
  var attempt: String?

  /// Reads them all, and settles what the daemon is to be.
  ///
  /// - Parameter running: What the daemon is, where it runs already: values that take a restart stay what they are.
  /// - Returns: The settings, and the settings' names whose values wait for a restart, with those values.
  /// - Throws: ``ConfigurationFailure`` with everything that is wrong.
  func settings(
    running: DaemonSettings? = nil
  ) throws(ConfigurationFailure) -> DaemonSettings {
    var flaws: [ConfigurationFlaw] = []
    var configuration = Configuration(
      flags: flags, environment: environment,
      file: path.map { ConfigurationFile(path: $0) }, path: path, flaws: &flaws)
    SocketSettings.dropUnheard(&configuration, passed: passed)
    var pending: [String: String] = [:]
    if let running { pending = configuration.keep(running.configuration) }
    var settings = DaemonSettings(self)
    // However many cores there are by now.
    if let running { settings.standardWorkers = running.workers }
    settings.pending = pending
    settings.environment = running?.environment ?? OriginalEnvironment()
    // What was complained of counts as not said, and what follows of that is nobody's fault.
    let known = Set(flaws.compactMap(\.setting))
    flaws += settings.settle(configuration).filter { flaw in
      flaw.setting.map { !known.contains($0) } ?? true
    }
    guard flaws.isEmpty else { throw ConfigurationFailure(flaws) }
    return settings
  }
}

extension Configuration {
  /// Takes back what takes a restart to change.
  ///
  /// - Parameter running: What holds now.
  /// - Returns: What it would be after a restart, by the setting's name.
  fileprivate mutating func keep(_ running: Configuration) -> [String: String] {
    var pending: [String: String] = [:]
    for setting in SettingTable.all where setting.reload == .withRestart {
      guard self[setting]?.value != running[setting]?.value,
        // Said by now, and what was settled when nobody said it.
        self[setting]?.value.text != running.shown(setting)
      else { continue }
      pending[setting.name] = self[setting]?.value.text ?? "the default"
      self[setting] = running[setting]
    }
    return pending
  }
}
