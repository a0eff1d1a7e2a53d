internal import WorkerLink

/// What one client may ask of a worker, and how long it may keep it waiting.
enum ConnectionSettings {
  /// Fills in what a worker is told of its connections.
  ///
  /// - Parameters:
  ///   - configuration: What is configured.
  ///   - launch: Settings whose number of workers is there already.
  /// - Throws: ``ConfigurationFailure`` with the remedy.
  static func settle(
    _ configuration: Configuration, _ launch: inout LaunchSettings
  ) throws(ConfigurationFailure) {
    let workers = launch.workerCount
    let connections = configuration.count(.maxConnections) ?? 0
    launch.streamsInFlight = configuration.count(.maxStreams) ?? 0
    launch.unreadBytes = configuration.byteCount(.unreadBytes) ?? 0
    launch.frameTimeoutNanoseconds = configuration.nanoseconds(.frameTimeout)
    launch.unreadTimeoutNanoseconds = configuration.nanoseconds(.unreadTimeout)
    guard connections >= workers else {
      throw configuration.failure(
        .maxConnections, .workers,
        reason: .unfit(
          "\(connections) connections leave some of \(workers) workers without any; give "
            + "max-connections \(workers) or more, or fewer workers"))
    }
    launch.connections = connections / workers + (connections % workers == 0 ? 0 : 1)
  }
}
