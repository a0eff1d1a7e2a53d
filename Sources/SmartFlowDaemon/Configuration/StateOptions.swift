internal import ArgumentParser
internal import Glibc

/// Where the daemon keeps what must outlive it.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Folder of what outlives the daemon: published trees. Made with mode 0700 where it is missing; one \
      daemon at a time has it. The default is $SMARTFLOW_STATE_DIRECTORY, else systemd's \
      $STATE_DIRECTORY, else /var/lib/smartflow as root and $XDG_STATE_HOME/smartflow \
      (~/.local/state/smartflow) otherwise.
      """, valueName: "path"))
  var stateDirectory: String?

  /// Settles which folder it is.
  ///
  /// - Throws: ``StartFailure`` when nothing says where it is to be.
  func path() throws(StartFailure) -> String {
    if let path = stateDirectory ?? Environment.text("SMARTFLOW_STATE_DIRECTORY") {
      guard !path.isEmpty else { throw .usage("--state-directory is empty; give a path") }
      return path
    }
    // systemd gives one for each StateDirectory= of the unit; the first is ours.
    if let path = Environment.text("STATE_DIRECTORY")?.split(separator: ":").first {
      return String(path)
    }
    if geteuid() == 0 { return "/var/lib/smartflow" }
    if let home = Environment.text("XDG_STATE_HOME"), home.hasPrefix("/") {
      return home + "/smartflow"
    }
    guard let home = Environment.text("HOME"), home.hasPrefix("/") else {
      throw .usage("there is no $HOME to keep published trees below; give --state-directory")
    }
    return home + "/.local/state/smartflow"
  }
}
