internal import ArgumentParser
internal import JSON
internal import SmartFlowMessages
internal import UnixSocket

/// `smartflow drain`: the daemon finishes what is in flight, and ends.
struct Drain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let the daemon finish what is in flight, and end: what SIGTERM does.",
    discussion: """
      Asks the admin socket.

      Exit code 75: with --wait, the daemon was still there when its grace was long over.
      """)

  @Flag(help: "Come back when the daemon has ended, or its grace is over by five seconds.")
  var wait = false

  @OptionGroup var connection: AdminOptions

  @Flag(help: "Print the answer as JSON.")
  var json = false

  /// What the keeper takes beyond the grace to end those that did not come to an end.
  private static let slack = Duration.seconds(5)

  func run() async throws {
    try await reporting {
      // Before it is told to end: while it lives, nobody else has its number.
      let watched = wait ? try await watch() : nil
      let answer = try await connection.call(DrainRequest())
      let milliseconds = answer.grace.map { $0.components } ?? (0, 0)
      let grace = milliseconds.0 * 1000 + milliseconds.1 / 1_000_000_000_000_000
      if let watched {
        let limit = Int32(clamping: grace + Self.slack.components.seconds * 1000)
        guard watched.hasEnded(withinMilliseconds: limit) else {
          throw Failure(
            .timedOut,
            "process \(answer.keeperPID) has not ended within \(limit) ms; see its log for what it waits for"
          )
        }
      }
      guard json else {
        return Terminal.print(
          wait ? "process \(answer.keeperPID) has ended" : "draining, within \(grace) ms")
      }
      let report = JSONValue.object([
        ("keeperPid", .number(Double(answer.keeperPID))),
        ("graceMilliseconds", .number(Double(grace))),
        ("hasEnded", .bool(wait)),
      ])
      Terminal.print(report.compactText)
    }
  }

  private func watch() async throws -> WatchedProcess {
    let keeper = try await connection.call(GetServerInfoRequest()).keeperPID
    do throws(SystemError) {
      return try WatchedProcess(Int32(clamping: keeper))
    } catch {
      throw Failure(.unavailable, "the daemon's process \(keeper) can't be watched: \(error)")
    }
  }
}
