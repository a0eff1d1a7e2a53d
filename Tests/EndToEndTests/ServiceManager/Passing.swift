import Foundation
import TestSupport

/// Starts a daemon with descriptors, as a service manager does, but any that a test likes.
enum Passing {
  /// A program that makes descriptors by their kinds, and then becomes the daemon, or starts it twice.
  ///
  /// Its arguments: kinds between commas, such as `listening:/path`; their names, or nothing; how many daemons
  /// are started one after the other, or 0 to become one; the daemon and its arguments.
  static let script = #"""
    import os, socket, sys
    kinds, names, runs, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    kept = []
    def make(kind):
        kind, _, path = kind.partition(":")
        if kind in ("listening", "bound", "abstract"):
            made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            made.bind("\0" + path if kind == "abstract" else path)
            if kind != "bound":
                made.listen(64)
        elif kind == "datagrams":
            made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            made.bind(path)
        elif kind == "packets":
            made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            made.bind(path)
            made.listen(1)
        elif kind == "connected":
            made, other = socket.socketpair()
            kept.append(other)
        elif kind == "internet":
            made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            made.bind(("127.0.0.1", 0))
            made.listen(1)
        elif kind == "pipe":
            return os.pipe()[0]
        else:
            return os.open(path, os.O_RDONLY)
        kept.append(made)
        return made.fileno()
    made = [make(kind) for kind in kinds.split(",") if kind not in ("", "nothing")]
    high = [os.dup2(number, 100 + index) for index, number in enumerate(made)]
    def become():
        for index, number in enumerate(high):
            os.dup2(number, 3 + index)
        if not high:
            os.closerange(3, 50)
        os.environ["LISTEN_FDS"] = str(len(kinds.split(",")))
        os.environ.setdefault("LISTEN_PID", str(os.getpid()))
        if names:
            os.environ["LISTEN_FDNAMES"] = names
        os.execv(command[0], command)
    if runs == 0:
        become()
    for run in range(runs):
        child = os.fork()
        if child == 0:
            become()
        status = os.waitpid(child, 0)[1]
        if status != 0:
            sys.exit(100)
    """#

  static func daemon(
    _ kinds: [String], names: [String] = [], runs: Int = 0, _ arguments: [String] = [],
    environment: [String: String] = [:], in folder: TemporaryFolder
  ) throws -> ManagedDaemon {
    try ManagedDaemon(
      URL(filePath: "/usr/bin/python3"),
      [
        "-c", script, kinds.joined(separator: ","), names.joined(separator: ":"), String(runs),
        ManagedDaemon.program().path, "--workers", "1",
      ] + arguments,
      environment: environment, in: folder)
  }
}
