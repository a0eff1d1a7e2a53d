internal import ArgumentParser

/// The program `smartflowd`.
public enum DaemonProgram {
  /// Reads the command line and runs until the daemon is told to end; leaves the process with the exit
  /// status that `smartflowd --help` explains.
  public static func main() { DaemonCommand.main() }
}
