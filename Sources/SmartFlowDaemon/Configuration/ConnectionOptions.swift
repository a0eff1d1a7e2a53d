internal import ArgumentParser
internal import Glibc
internal import WorkerLink

/// What one client may ask of a worker, and how long it may keep it waiting.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Open connections, of all workers together; each worker has its part. One more waits in the \
      kernel until another closes.
      """, valueName: "count"))
  var maxConnections = 1024

  @Option(
    help: ArgumentHelp(
      "Calls in flight on one connection; one more is answered RESOURCE_EXHAUSTED.",
      valueName: "count"))
  var maxStreams = 256

  @Option(
    help: ArgumentHelp(
      """
      How long a frame may take from its first byte to its last; a connection whose frame takes \
      longer is closed. One that is idle between frames stays open.
      """, valueName: "time"))
  var frameTimeout = TimeText(milliseconds: 10_000)

  @Option(
    help: ArgumentHelp(
      "How long answers may wait for a client that does not read them; then it is closed.",
      valueName: "time"))
  var unreadTimeout = TimeText(milliseconds: 10_000)

  @Option(
    help: ArgumentHelp(
      "Unread answers of one connection; past them it is closed at once: 8MiB, 32MiB.",
      valueName: "size"))
  var unreadBytes = SizeText(byteCount: 32 << 20)

  /// An answer may take 4 MiB, and its client must be able to have it.
  private static let leastUnreadBytes = 5 << 20

  /// Fills in what a worker is told of its connections.
  ///
  /// - Parameter launch: Settings whose number of workers is there already.
  /// - Throws: ``StartFailure`` that names the option and the remedy.
  func settle(_ launch: inout LaunchSettings) throws(StartFailure) {
    let workers = launch.workerCount
    guard maxConnections >= workers else {
      throw .usage(
        "--max-connections \(maxConnections) leaves some of \(workers) workers without any; give "
          + "\(workers) or more, or fewer --workers")
    }
    guard maxStreams > 0 else {
      throw .usage("--max-streams \(maxStreams) allows no call; give 1 or more")
    }
    for (name, time) in [("frame", frameTimeout), ("unread", unreadTimeout)] {
      guard time.nanoseconds >= 10_000_000 else {
        throw .usage(
          "--\(name)-timeout \(time) would close clients that only wait for the processor; give 10ms "
            + "or more")
      }
    }
    guard unreadBytes.byteCount >= Self.leastUnreadBytes else {
      throw .usage(
        "--unread-bytes \(unreadBytes) does not hold the longest answer; give "
          + "\(SizeText(byteCount: Self.leastUnreadBytes)) or more")
    }
    launch.connections = maxConnections / workers + (maxConnections % workers == 0 ? 0 : 1)
    launch.streamsInFlight = maxStreams
    launch.unreadBytes = unreadBytes.byteCount
    launch.frameTimeoutNanoseconds = frameTimeout.nanoseconds
    launch.unreadTimeoutNanoseconds = unreadTimeout.nanoseconds
  }
}
