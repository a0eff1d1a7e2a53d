import ArgumentParser
import Glibc
import Testing
import WorkerLink

@testable import SmartFlowDaemon

@Suite struct `The options of connections` {
  private func settle(_ arguments: [String], workers: Int = 1) throws -> LaunchSettings {
    var launch = LaunchSettings()
    launch.workerCount = workers
    try ConnectionOptions.parse(arguments).settle(&launch)
    return launch
  }

  @Test func `are those of the protocol where nothing is said`() throws {
    let launch = try settle([])
    #expect(launch.connections == 1024)
    #expect(launch.streamsInFlight == 256)
    #expect(launch.frameTimeoutNanoseconds == 10_000_000_000)
    #expect(launch.unreadTimeoutNanoseconds == 10_000_000_000)
    #expect(launch.unreadBytes == 32 << 20)
  }

  @Test func `are taken as they are given`() throws {
    let launch = try settle([
      "--max-connections", "7", "--max-streams", "1", "--frame-timeout", "10ms",
      "--unread-timeout", "2m", "--unread-bytes", "5MiB",
    ])
    #expect(launch.connections == 7)
    #expect(launch.streamsInFlight == 1)
    #expect(launch.frameTimeoutNanoseconds == 10_000_000)
    #expect(launch.unreadTimeoutNanoseconds == 120_000_000_000)
    #expect(launch.unreadBytes == 5 << 20)
  }

  @Test(arguments: [(1, 10, 10), (3, 10, 4), (10, 10, 1), (4, .max, .max / 4 + 1)])
  func `give each worker its part of the connections, and leave none out`(
    workers: Int, all: Int, each: Int
  ) throws {
    let launch = try settle(["--max-connections", "\(all)"], workers: workers)
    #expect(launch.connections == each)
  }

  @Test(arguments: [
    (["--max-connections", "3"], "give 4 or more, or fewer --workers"),
    (["--max-streams", "0"], "--max-streams 0 allows no call"),
    (["--frame-timeout", "9ms"], "--frame-timeout 9ms would close clients"),
    (["--unread-timeout", "0s"], "--unread-timeout 0s would close clients"),
    (["--unread-bytes", "4MiB"], "4MiB does not hold the longest answer; give 5MiB or more"),
  ])
  func `are refused with the remedy where no client could live with them`(
    arguments: [String], words: String
  ) {
    let failure = #expect(throws: StartFailure.self) { try settle(arguments, workers: 4) }
    #expect(failure?.exitStatus == EX_USAGE)
    #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
  }

  @Test(arguments: [
    ["--frame-timeout", "10"], ["--unread-timeout", "-1s"], ["--unread-bytes", "32"],
    ["--max-streams", "many"],
  ])
  func `are refused without their units`(arguments: [String]) {
    #expect(throws: (any Error).self) { try ConnectionOptions.parse(arguments) }
  }
}
