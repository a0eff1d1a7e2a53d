import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

/// Publishes one version after the other, until it is told to end or the daemon is gone.
private actor Publisher {
  /// Whose publisher was told.
  private(set) var answered = 0
  private(set) var last: UInt64 = 0
  private var isOver = false
  private let client: SmartFlowClient
  private var work: Task<Void, Never>?

  private static func tree(_ number: Int) -> [UInt8] {
    Array(
      #"{"type":"SendSMS","parameters":{"phone":"+1234567890","message":"number \#(number)"}}"#.utf8
    )
  }

  init(_ socketPath: String) throws {
    client = try SmartFlowClient(endpoint: .path(socketPath))
  }

  func start(from first: Int) {
    work = Task {
      for number in first... {
        guard !isOver, await publish(number) else { return }
      }
    }
  }

  private func publish(_ number: Int) async -> Bool {
    var request = PublishTreeRequestMessage(
      treeID: "winback", tree: .json(Self.tree(number)))
    request.activates = true
    do throws(ClientError) {
      let response = try await client.call(request, options: CallOptions(timeout: .seconds(5)))
      last = response.version?.version ?? last
      answered += 1
      return true
    } catch {
      return false
    }
  }

  /// Waits for so many answers.
  func untilAnswered(_ count: Int) async throws {
    let came = await comes(within: .seconds(60)) { answered >= count }
    try #require(came, "\(answered) of \(count) were answered")
  }

  /// Lets the call that is under way come to its end.
  ///
  /// - Returns: The last version whose publisher was told of it.
  func stop() async -> UInt64 {
    isOver = true
    await work?.value
    await client.close()
    return last
  }
}

@Suite(.serialized) struct `A publication` {
  private static let rounds =
    ProcessInfo.processInfo.environment["SMARTFLOW_FAULT_PUBLICATIONS"].flatMap { Int($0) } ?? 5

  @Test func `that was answered stands, whenever the keeper is killed`() async throws {
    var daemon = try DaemonProcess(workers: 2)
    var told: UInt64 = 0
    var generator = SeededGenerator(seed: 5)
    for round in 1...Self.rounds {
      let publisher = try Publisher(daemon.adminSocketPath)
      await publisher.start(from: round * 1_000_000)
      try await publisher.untilAnswered(Int.random(in: 1...60, using: &generator))
      daemon.signal(SIGKILL)
      _ = try daemon.end()
      told = max(told, await publisher.stop())
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
      let publisher = try Publisher(daemon.adminSocketPath)
      await publisher.start(from: round * 1_000_000)
      try await publisher.untilAnswered(Int.random(in: 1...60, using: &generator))
      for worker in daemon.workerProcessIDs() { Foundation.kill(worker, SIGKILL) }
      told = max(told, await publisher.stop())
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
