internal import Glibc
internal import Logging
internal import Storage
internal import UnixSocket
internal import WorkerLink

/// What a daemon is to be, all of it settled.
struct DaemonSettings: Sendable {
  var data = SocketPlace.bound(path: "", mode: 0, group: nil)
  var admin = SocketPlace.bound(path: "", mode: 0, group: nil)
  var workers = 1
  /// How many workers there are where nothing is said: one a processor.
  var standardWorkers = min(Processors.available(), 64)
  var workerPath = ""
  /// What every worker is told; its index is filled in when it is started.
  var launch = LaunchSettings()
  var graceMilliseconds: UInt64 = 0
  var stateDirectory = ""
  /// Where journals and audit lie, and how they are kept.
  var journals = JournalSettings(directory: "", audit: nil)
  var journalService = JournalServiceSettings()
  /// How long an idempotency key is remembered, in nanoseconds.
  var keyRetentionNanoseconds: UInt64 = 0
  var logLevel = LogLevel.info
  /// What it is all made of, and who said it.
  private(set) var configuration: Configuration
  /// Values that wait for a restart, by the setting's name.
  var pending: [String: String] = [:]
  /// Whom to ask again at a reload.
  var sources: ConfigurationSources
  /// The daemon's own program, to be started again as another release.
  var program = ProgramFile()
  var environment = OriginalEnvironment()

  /// Settings that are yet to be settled.
  init(_ sources: ConfigurationSources) {
    self.sources = sources
    var none: [ConfigurationFlaw] = []
    configuration = Configuration(
      flags: [:], environment: { _ in nil }, file: nil, path: nil, flaws: &none)
  }

  /// Which sockets were passed, for people.
  var passedNames: String {
    switch (data.isPassed, admin.isPassed) {
    case (false, false): "none"
    case (true, false): "data"
    case (false, true): "admin"
    case (true, true): "data, admin"
    }
  }

  /// Settles all of it.
  ///
  /// - Returns: Everything that does not fit the machine, or does not go together.
  mutating func settle(_ wanted: Configuration) -> [ConfigurationFlaw] {
    var configuration = wanted
    var flaws: [ConfigurationFlaw] = []
    /// Goes on after what is wrong, so that everything is said at once.
    func attempt(_ step: () throws(ConfigurationFailure) -> Void) {
      do throws(ConfigurationFailure) { try step() } catch { flaws += error.flaws }
    }
    workers = configuration.count(.workers) ?? standardWorkers
    configuration.settle(.workers, as: "\(workers)")
    launch.workerCount = workers
    launch.fuelUnits = configuration.count(.fuelLimit) ?? 0
    launch.treeCacheBytes = configuration.count(.treeCacheBytes) ?? 0
    launch.attempt = sources.attempt
    graceMilliseconds = configuration.nanoseconds(.shutdownGrace) / 1_000_000
    logLevel = configuration.text(.logLevel).flatMap { LogLevel(name: $0) } ?? .info
    attempt { () throws(ConfigurationFailure) in try settleTimeouts(configuration) }
    attempt { () throws(ConfigurationFailure) in try settleMask(configuration) }
    attempt { () throws(ConfigurationFailure) in
      try ConnectionSettings.settle(configuration, &launch)
    }
    attempt { () throws(ConfigurationFailure) in
      try ConfinementSettings.settleMemory(&configuration, &launch)
    }
    attempt { () throws(ConfigurationFailure) in
      try ConfinementSettings.settleRights(&configuration, &launch)
    }
    attempt { () throws(ConfigurationFailure) in
      launch.allowedPeers = try SocketSettings.allowedPeers(configuration)
    }
    attempt { () throws(ConfigurationFailure) in
      data = try SocketSettings.data(&configuration, passed: sources.passed)
      admin = try SocketSettings.admin(&configuration, passed: sources.passed, beside: data)
      launch.passedSockets = (data.isPassed ? 1 : 0) + (admin.isPassed ? 2 : 0)
    }
    attempt { () throws(ConfigurationFailure) in
      stateDirectory = try StateSettings.path(&configuration)
      journals = RecordSettings.journals(&configuration, in: stateDirectory)
    }
    keyRetentionNanoseconds = configuration.nanoseconds(.idempotencyRetention)
    journalService.sync = RecordSettings.settle(configuration, &launch)
    workerPath = sources.workerPath ?? ProgramFile.beside("smartflow-worker")
    self.configuration = configuration
    return flaws
  }

  private mutating func settleMask(
    _ configuration: Configuration
  ) throws(ConfigurationFailure) {
    let names = configuration.names(.maskParameters)
    // It is an argument of every worker's.
    for name in names where name.isEmpty || name.contains(",") || name.utf8.count > 128 {
      throw configuration.failure(
        .maskParameters, reason: .unfit("`\(name)` is no parameter's name; leave it out"))
    }
    launch.maskedParameters = names
  }

  private mutating func settleTimeouts(
    _ configuration: Configuration
  ) throws(ConfigurationFailure) {
    launch.defaultTimeoutNanoseconds = configuration.nanoseconds(.defaultTimeout)
    launch.maximumTimeoutNanoseconds = configuration.nanoseconds(.maxTimeout)
    guard launch.maximumTimeoutNanoseconds >= launch.defaultTimeoutNanoseconds else {
      throw configuration.failure(
        .defaultTimeout, .maxTimeout,
        reason: .unfit(
          "default-timeout \(TimeText(nanoseconds: launch.defaultTimeoutNanoseconds)) is longer than "
            + "max-timeout \(TimeText(nanoseconds: launch.maximumTimeoutNanoseconds)); give no more"
        ))
    }
  }
}

/// Why a daemon can't be what it was asked to be, with the exit status of sysexits(3).
struct StartFailure: Error, CustomStringConvertible {
  var description: String
  var exitStatus: Int32
}
