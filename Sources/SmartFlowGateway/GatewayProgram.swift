internal import ArgumentParser
internal import Glibc

/// The program `smartflow-gateway`.
public enum GatewayProgram {
  /// Serves until it is told to end.
  public static func main() async {
    // Whoever goes while an answer is written to them ends that answer, not the gateway.
    _ = signal(SIGPIPE, SIG_IGN)
    await GatewayCommand.main()
  }
}
