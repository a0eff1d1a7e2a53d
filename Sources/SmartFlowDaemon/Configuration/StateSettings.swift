internal import Glibc

/// Where the daemon keeps what must outlive it.
enum StateSettings {
  /// Settles which folder it is.
  ///
  /// - Throws: ``ConfigurationFailure`` when nothing says where it is to be.
  static func path(_ configuration: inout Configuration) throws(ConfigurationFailure) -> String {
    if let path = configuration.text(.stateDirectory) { return path }
    guard let path = standard() else {
      throw configuration.failure(
        .stateDirectory,
        reason: .unfit("there is no $HOME to keep published trees below; give --state-directory"))
    }
    configuration.settle(.stateDirectory, as: path)
    return path
  }

  private static func standard() -> String? {
    // systemd gives one for each StateDirectory= of the unit; the first is ours.
    if let path = Environment.text("STATE_DIRECTORY")?.split(separator: ":").first {
      return String(path)
    }
    if geteuid() == 0 { return "/var/lib/smartflow" }
    if let home = Environment.text("XDG_STATE_HOME"), home.hasPrefix("/") {
      return home + "/smartflow"
    }
    guard let home = Environment.text("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/.local/state/smartflow"
  }
}
