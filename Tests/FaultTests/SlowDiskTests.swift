import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

@Suite(.serialized, .enabled(if: Preloaded.isPossible, "a sanitizer is loaded first"))
struct `A disk that does not come to an end` {
  private let disk: Preloaded
  private let daemon: DaemonProcess

  init() throws {
    disk = try Preloaded("disk", variable: "SMARTFLOW_TEST_DISK")
    daemon = try DaemonProcess(workers: 1, environment: disk.environment)
  }

  /// Kills the worker, and asks the next one.
  ///
  /// - Returns: What a call failed with, or `nil`.
  private func afterKill(dryRun: Bool = false) async throws -> ClientError? {
    let worker = try #require(daemon.workerProcessIDs().first)
    Foundation.kill(worker, SIGKILL)
    #expect(
      await comes(within: .seconds(5)) { ![[], [worker]].contains(daemon.workerProcessIDs()) })
    return try await ask(dryRun: dryRun)
  }

  private func ask(dryRun: Bool = false) async throws -> ClientError? {
    let client = try SmartFlowClient(endpoint: .path(daemon.socketPath))
    // A worker that waits for the disk is killed after ten.
    let failure = await client.failure(
      Ask.tree(), Ask.options(timeout: .seconds(8)), dryRun: dryRun)
    await client.close()
    return failure
  }

  @Test func `keeps no worker from starting, nor the first from recording`() async throws {
    #expect(try await ask() == nil)
    try disk.say(1)
    #expect(try await afterKill() == nil)
    // There was one journal in store.
    #expect(try await afterKill(dryRun: true) == nil)
    let refused = try await ask()
    #expect(refused?.code == .unavailable)
    #expect(refused?.details.contains(.errorInfo(reason: "JOURNAL_UNAVAILABLE")) == true)
    try disk.say(0)
    let end = ContinuousClock.now + .seconds(30)
    while try await ask() != nil { try #require(ContinuousClock.now < end) }
    #expect(try daemon.logRecords(of: "worker_killed").isEmpty)
    #expect(try daemon.stop() == 0)
    #expect(try daemon.logRecords(of: "journal_resumed").isEmpty == false)
  }

  @Test func `keeps a worker at work until the one that replaces it can record`() async throws {
    #expect(try await ask() == nil)
    try disk.say(1)
    #expect(try await afterKill() == nil)
    let worker = daemon.workerProcessIDs()
    daemon.signal(SIGHUP)
    for _ in 0..<50 { #expect(try await ask() == nil) }
    #expect(daemon.workerProcessIDs() == worker)
    try disk.say(0)
    #expect(
      await comes(within: .seconds(30)) {
        let now = daemon.workerProcessIDs()
        return now.count == 1 && now != worker
      })
    #expect(try await ask() == nil)
    #expect(try daemon.stop() == 0)
  }
}
