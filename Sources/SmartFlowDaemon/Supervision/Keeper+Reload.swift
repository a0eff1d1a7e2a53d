internal import Logging
internal import UnixSocket
internal import WorkerLink

/// The configuration is read again while the daemon runs.
extension Keeper {
  /// Takes over what can be changed now, and lets new workers take the places of those that there are.
  ///
  /// A configuration with anything wrong in it changes nothing at all: what would hold of it then, nobody meant.
  func reload() {
    guard drainEnds == nil else { return replaceAll() }
    do throws(ConfigurationFailure) {
      take(try settings.sources.settings(running: settings))
    } catch {
      for flaw in error.flaws {
        logger.error("configuration_refused", metadata: ["reason": "\(flaw)"])
      }
      logger.error(
        "reload_refused",
        metadata: [
          "errors": "\(error.flaws.count)", "reason": "nothing was changed; mend it and reload",
        ])
      return
    }
    replaceAll()
  }

  private func take(_ next: DaemonSettings) {
    let previous = settings
    settings = next
    let changed = SettingTable.all.filter {
      next.configuration.shown($0) != previous.configuration.shown($0)
    }
    board.shutdownGraceMilliseconds = next.graceMilliseconds
    // What an operator has set since stays, unless the configuration says something else than it did.
    if next.logLevel != previous.logLevel { becomeUsual(next.logLevel) }
    for setting in SettingTable.all {
      guard let value = next.pending[setting.name] else { continue }
      logger.warning(
        "configuration_needs_restart",
        metadata: [
          "setting": "\(setting.name)", "value": "\(next.configuration.shown(setting))",
          "wanted": "\(value)", "reason": "\(setting.name) needs a restart",
        ])
    }
    logger.info(
      "configuration_read",
      metadata: [
        "file": "\(next.sources.path ?? "none")",
        "changed": "\(changed.map(\.name).joined(separator: ","))",
      ])
  }

  /// Makes a level the one that holds where nobody has set another for a while.
  private func becomeUsual(_ level: LogLevel) {
    board.usualLogLevel = level
    // One that was set for a while holds until that is over; then this one comes.
    if board.logLevelEnds == 0 { apply(level, "log_level_set", ["by": "configuration"]) }
  }
}
