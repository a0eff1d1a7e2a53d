import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// The time of day as a daemon sees it, which a test sets.
private struct WallClock {
  private let library: Preloaded
  /// Variables of a daemon that goes by it.
  var environment: [String: String] { library.environment }

  init() throws { library = try Preloaded("clock", variable: "SMARTFLOW_TEST_CLOCK") }

  /// Moves the time of day away from what it is.
  func step(bySeconds seconds: Int64) throws { try library.say(seconds) }
}

@Suite(.serialized, .enabled(if: Preloaded.isPossible, "a sanitizer is loaded first"))
struct `A clock that somebody sets` {
  private static let steps: [Int64] = [
    -1, -3_600, 3_600, -86_400 * 365 * 70, 86_400 * 365 * 200, -86_400 * 365 * 2_100, 0,
  ]

  @Test func `changes neither answers nor deadlines, under load`() async throws {
    let clock = try WallClock()
    let daemon = try DaemonProcess(workers: 2, environment: clock.environment)
    let load = try Load(socketPath: daemon.socketPath, connections: 4)
    await load.untilAnswered(50)
    for step in Self.steps {
      try clock.step(bySeconds: step)
      await load.untilAnswered(200)
    }
    let outcome = await load.stop()
    #expect(outcome.failures.isEmpty && outcome.lost == 0, "\(outcome)")
    #expect(!daemon.log().contains("worker_died") && !daemon.log().contains("worker_killed"))
    #expect(try daemon.stop() == 0)
  }

  @Test func `is the one that the daemon writes, and not the one it counts by`() async throws {
    let clock = try WallClock()
    try clock.step(bySeconds: -86_400 * 365 * 70)
    // It starts before 1970, too.
    let daemon = try DaemonProcess(workers: 1, environment: clock.environment)
    #expect(daemon.log().contains(#"{"time":"19"#), "\(daemon.log())")
    try clock.step(bySeconds: 86_400 * 365)
    let client = try SmartFlowClient(endpoint: .path(daemon.adminSocketPath))
    let info = try await client.call(GetServerInfoRequest())
    await client.close()
    let uptime = try #require(info.uptime)
    #expect(uptime >= .zero && uptime < .seconds(600))
    #expect(try daemon.stop() == 0)
  }
}
