import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing

@Suite(
  .enabled(if: FaultWorker.isBuilt, "the faulty worker is not built; contrib/test builds it"),
  .serialized)
struct `A worker that crashes` {
  @Test(arguments: [
    ("trap@decode", "crash", "decoding"), ("segfault@compile", "crash", "compiling"),
    ("trap@execute", "crash", "executing"), ("abort@record", "crash", "answering"),
    ("segfault@answer", "crash", "answering"), ("trap@turn", "crash", nil),
    ("exit@execute", "exit", "executing"), ("exit@turn", "exit", nil),
    ("forbidden@execute", "forbidden_call", "executing"), ("leak@execute", "crash", "executing"),
  ])
  func `leaves the others untouched, says why it died, and is replaced`(
    fault: String, reason: String, phase: String?
  ) async throws {
    let daemon = try FaultDaemon()
    let before = Set(daemon.process.workerProcessIDs())
    let caller = try RawConnection(path: daemon.process.socketPath)
    try caller.send(Ask.frame(fault, tree: Ask.tree(), timeout: .seconds(5)))
    #expect(try caller.isClosed(within: .seconds(60)))
    let death = try #require(try await daemon.deaths(1).first)
    #expect(death["reason"] as? String == reason, "\(death)")
    #expect(death["phase"] as? String == phase)
    #expect(death["requests_lost"] as? String == "1")
    #expect(death["connections_lost"] as? String == "1")
    let lived = try #require(Int(death["lived_ms"] as? String ?? ""))
    #expect((0..<600_000).contains(lived))
    let digest =
      phase == "compiling"
      ? "source_digest" : phase == nil || phase == "decoding" ? nil : "tree_digest"
    for key in ["tree_digest", "source_digest"] {
      #expect((death[key] as? String)?.count == (key == digest ? 64 : nil))
    }
    #expect(Set(daemon.process.workerProcessIDs()).intersection(before).count == 1)
    let client = try daemon.client()
    #expect(await client.failure(Ask.tree(2), Ask.options()) == nil)
    await client.close()
    #expect(try daemon.records("worker_killed").isEmpty)
    #expect(try daemon.process.stop() == 0)
  }

  @Test func `is counted by its reason`() async throws {
    let daemon = try FaultDaemon(workers: 1)
    for (number, fault) in ["trap@execute", "exit@execute", "exit@decode"].enumerated() {
      let caller = try RawConnection(path: daemon.process.socketPath)
      try caller.send(Ask.frame(fault, tree: Ask.tree(number + 1), timeout: .seconds(5)))
      #expect(try caller.isClosed(within: .seconds(30)))
      _ = try await daemon.deaths(number + 1, workers: 1)
    }
    let administrator = try daemon.administrator()
    let info = try await administrator.call(GetServerInfoRequest(), options: Ask.options())
    #expect(info.workers.first?.restarts == 3)
    #expect(info.workers.first?.deaths == WorkerDeathsMessage(crash: 1, exit: 2))
    #expect(info.quarantine.isEmpty)
    await administrator.close()
  }

  @Test func `again and again is started again ever later, and no other suffers`() async throws {
    let daemon = try FaultDaemon(workers: 1)
    for number in 0..<6 {
      let caller = try RawConnection(path: daemon.process.socketPath)
      try caller.send(Ask.frame("exit@execute", tree: Ask.tree(number + 1), timeout: .seconds(5)))
      #expect(try caller.isClosed(within: .seconds(30)))
    }
    let delays = try await daemon.deaths(6, workers: 1).compactMap {
      Int($0["restart_in_ms"] as? String ?? "")
    }
    #expect(delays.count == 6)
    // One that lived for a second on a busy machine begins the row anew.
    for (delay, next) in zip(delays, delays.dropFirst()) {
      #expect(next == 0 || next == max(10, 2 * delay), "\(delays)")
    }
    let client = try daemon.client()
    #expect(await client.failure(Ask.tree(9), Ask.options()) == nil)
    await client.close()
  }
}

@Suite(
  .enabled(if: FaultWorker.isBuilt, "the faulty worker is not built; contrib/test builds it"),
  .serialized)
struct `A tree that ends workers` {
  private let daemon: FaultDaemon

  init() throws { daemon = try FaultDaemon() }

  /// Lets a tree end a worker, and waits for the next one.
  private func end(_ fault: String, _ tree: String, deaths: Int) async throws {
    let caller = try RawConnection(path: daemon.process.socketPath)
    try caller.send(Ask.frame(fault, tree: tree, timeout: .milliseconds(100)))
    #expect(try caller.isClosed(within: .seconds(30)))
    _ = try await daemon.deaths(deaths)
  }

  /// What becomes of a tree on twenty connections, which both workers share.
  private func failures(of tree: String) async throws -> [ClientError?] {
    var failures: [ClientError?] = []
    for _ in 0..<20 {
      let client = try daemon.client()
      failures.append(await client.failure(tree, Ask.options()))
      await client.close()
    }
    return failures
  }

  @Test(arguments: ["trap@execute", "exit@record", "hang@execute"])
  func `three times within a minute is refused by every worker, and others run`(
    fault: String
  ) async throws {
    for number in 1...2 { try await end(fault, Ask.tree(), deaths: number) }
    #expect(try await failures(of: Ask.tree()).allSatisfy { $0 == nil }, "twice is not enough")
    try await end(fault, Ask.tree(), deaths: 3)
    let quarantined = try #require(try daemon.records("tree_quarantined").first)
    let digest = try #require(quarantined["tree_digest"] as? String)
    for failure in try await failures(of: Ask.tree()) {
      #expect(failure?.code == .failedPrecondition)
      #expect(failure?.info?.reason == "QUARANTINED")
      #expect(failure?.info?.metadata["tree_digest"] == digest)
      #expect(failure?.message.contains("smartflow quarantine lift \(digest)") == true)
    }
    // However it is written, it is the same tree.
    let spaced = Ask.tree().replacing(":", with: " : ")
    #expect(try await failures(of: spaced).allSatisfy { $0?.info?.reason == "QUARANTINED" })
    #expect(try await failures(of: Ask.tree(2)).allSatisfy { $0 == nil })
    #expect(daemon.process.workerProcessIDs().count == 2)
  }

  @Test func `is listed, and runs again when it is let go`() async throws {
    for number in 1...3 { try await end("trap@execute", Ask.tree(), deaths: number) }
    let administrator = try daemon.administrator()
    let info = try await administrator.call(GetServerInfoRequest(), options: Ask.options())
    let entry = try #require(info.quarantine.first)
    #expect(info.quarantine.count == 1)
    #expect(entry.kind == .tree)
    #expect(entry.lastDeath == "crash")
    #expect(entry.since != nil)
    _ = try await administrator.call(
      LiftQuarantineRequest(digest: entry.digest), options: Ask.options())
    let after = try await administrator.call(GetServerInfoRequest(), options: Ask.options())
    #expect(after.quarantine.isEmpty)
    #expect(try await failures(of: Ask.tree()).allSatisfy { $0 == nil })
    #expect(try daemon.records("quarantine_lifted").count == 1)
    // It begins with a clean sheet.
    try await end("trap@execute", Ask.tree(), deaths: 4)
    #expect(try await failures(of: Ask.tree()).allSatisfy { $0 == nil })
    await administrator.close()
  }

  @Test func `before it is understood is known by its bytes`() async throws {
    for number in 1...3 { try await end("segfault@compile", Ask.tree(), deaths: number) }
    let quarantined = try #require(try daemon.records("tree_quarantined").first)
    let digest = try #require(quarantined["source_digest"] as? String)
    for failure in try await failures(of: Ask.tree()) {
      #expect(failure?.info?.reason == "QUARANTINED")
      #expect(failure?.info?.metadata["tree_digest"] == digest)
    }
    // Other bytes are another thing, as long as nobody has understood either.
    let spaced = Ask.tree().replacing(":", with: " : ")
    #expect(try await failures(of: spaced).allSatisfy { $0 == nil })
  }

  @Test func `is forgotten by the daemon's end`() async throws {
    for number in 1...3 { try await end("trap@execute", Ask.tree(), deaths: number) }
    #expect(try await failures(of: Ask.tree()).allSatisfy { $0?.info?.reason == "QUARANTINED" })
    #expect(try daemon.process.stop() == 0)
    let next = try FaultDaemon(folder: daemon.process.folder)
    let client = try next.client()
    #expect(await client.failure(Ask.tree(), Ask.options()) == nil)
    await client.close()
  }

  @Test func `is not let go by a digest that is none, or by somebody who may not`() async throws {
    let administrator = try daemon.administrator()
    for (digest, code) in [
      ([UInt8](repeating: 1, count: 32), ClientError.Code.notFound), ([1], .invalidArgument),
      ([], .invalidArgument), ([UInt8](repeating: 1, count: 33), .invalidArgument),
    ] {
      let failure = await #expect(throws: ClientError.self) {
        _ = try await administrator.call(
          LiftQuarantineRequest(digest: digest), options: Ask.options())
      }
      #expect(failure?.code == code)
    }
    await administrator.close()
    let client = try daemon.client()
    let failure = await #expect(throws: ClientError.self) {
      _ = try await client.call(
        LiftQuarantineRequest(digest: [UInt8](repeating: 1, count: 32)), options: Ask.options())
    }
    #expect(failure?.code == .permissionDenied)
    await client.close()
  }
}
