import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

@Suite(.serialized) struct `A publication` {
  private static let rounds =
    ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_PUBLICATIONS"].flatMap { Int($0) } ?? 5

  private static func tree(_ number: Int) -> [UInt8] {
    Array(
      #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"number \#(number)"}}"#.utf8
    )
  }

  /// Publishes one after the other until the daemon is gone.
  ///
  /// - Returns: The last version whose publisher was told of it.
  private static func publish(
    _ client: SmartFlowClient, from first: Int
  ) async -> UInt64 {
    var last: UInt64 = 0
    for number in first..<first + 100_000 {
      var request = PublishTreeRequestMessage(treeID: "winback", tree: .json(tree(number)))
      request.activates = true
      do throws(ClientError) {
        let response = try await client.call(request, options: CallOptions(timeout: .seconds(5)))
        last = response.version?.version ?? last
      } catch {
        return last
      }
    }
    return last
  }

  @Test func `that was answered stands, whenever the keeper is killed`() async throws {
    var daemon = try DaemonProcess(workers: 2)
    var told: UInt64 = 0
    var generator = SeededGenerator(seed: 5)
    for round in 1...Self.rounds {
      let publisher = try SmartFlowClient(endpoint: .path(daemon.adminSocketPath))
      async let last = Self.publish(publisher, from: round * 1_000_000)
      // Somewhere in the middle of one: the log says nothing of it, and the time is chance's.
      let moment = ContinuousClock.now + .milliseconds(Int.random(in: 50...400, using: &generator))
      while ContinuousClock.now < moment { await Task.yield() }
      daemon.signal(SIGKILL)
      _ = try daemon.end()
      told = max(told, await last)
      await publisher.close()
      daemon = try DaemonProcess(workers: 2, folder: daemon.folder)
      let client = try SmartFlowClient(endpoint: .path(daemon.adminSocketPath))
      let list = try await client.call(
        ListTreesRequest(), options: CallOptions(timeout: .seconds(5)))
      let tree = try #require(list.trees.first)
      // One that was on its way may be kept as well, whole: then it is active, as it was to be.
      #expect(tree.newestVersion >= told && tree.newestVersion <= told + 1)
      #expect(tree.activeVersion == tree.newestVersion)
      let execution = try await client.call(
        ExecuteTreeRequestMessage(tree: .reference(TreeReferenceMessage(treeID: "winback"))),
        options: CallOptions(timeout: .seconds(5))
      ).execution
      #expect(execution?.tree?.version == tree.newestVersion)
      told = tree.newestVersion
      await client.close()
    }
    #expect(told > UInt64(Self.rounds))
    #expect(try daemon.stop() == 0)
  }

  @Test func `that was answered stands, whenever its worker is killed`() async throws {
    let daemon = try DaemonProcess(workers: 2)
    var generator = SeededGenerator(seed: 6)
    var told: UInt64 = 0
    for round in 1...Self.rounds {
      let publisher = try SmartFlowClient(endpoint: .path(daemon.adminSocketPath))
      async let last = Self.publish(publisher, from: round * 1_000_000)
      let moment = ContinuousClock.now + .milliseconds(Int.random(in: 50...300, using: &generator))
      while ContinuousClock.now < moment { await Task.yield() }
      for worker in daemon.workerProcessIDs() { Foundation.kill(worker, SIGKILL) }
      told = max(told, await last)
      await publisher.close()
      let client = try SmartFlowClient(endpoint: .path(daemon.adminSocketPath))
      let list = try await client.call(
        ListTreesRequest(), options: CallOptions(timeout: .seconds(5)))
      let newest = try #require(list.trees.first?.newestVersion)
      #expect(newest >= told && newest <= told + 1)
      told = newest
      await client.close()
    }
    #expect(told > UInt64(Self.rounds))
    #expect(try daemon.stop() == 0)
  }
}
