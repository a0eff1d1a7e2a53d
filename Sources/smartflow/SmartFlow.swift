internal import ArgumentParser

/// The command an operator types.
struct SmartFlow: AsyncParsableCommand {
  /// The release that this is of.
  static let release = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "smartflow",
    abstract: "Decisions for player engagement: run trees, check them, look at the daemon.",
    discussion: """
      Data goes to standard output, everything else to standard error.

      The daemon is found by --endpoint, else by SMARTFLOW_ENDPOINT \
      (unix:///run/smartflow/smartflow.sock, unix:relative.sock, unix-abstract:name), else at \
      the default path. What asks the admin socket finds it by --endpoint, else by \
      SMARTFLOW_ADMIN_ENDPOINT, else beside the data socket.

      Exit codes: 0 fine, 1 the answer is no, 64 usage, 65 bad data, 66 no input, 69 daemon \
      unavailable, 70 internal error, 75 timed out, 77 not permitted.
      """,
    version: release,
    subcommands: [
      Execute.self, Validate.self, Explain.self, Eval.self, Schema.self, Health.self, Status.self,
      Trees.self, Quarantine.self, Audit.self, Metrics.self, LogLevel.self, Drain.self,
    ])
}
