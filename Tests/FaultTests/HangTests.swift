import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing

@Suite(
  .enabled(if: FaultWorker.isBuilt, "the faulty worker is not built; contrib/test builds it"),
  .serialized)
struct `A worker that hangs` {
  @Test(arguments: [
    ("hang@execute", 20), ("hang@execute", 150), ("hang@execute", 1000), ("spin@execute", 150),
    ("hang@decode", 150), ("spin@compile", 150), ("hang@record", 150), ("spin@answer", 150),
  ])
  func `keeps its caller to the deadline and little longer, and is replaced`(
    fault: String, milliseconds: Int
  ) async throws {
    let daemon = try FaultDaemon()
    let before = Set(daemon.process.workerProcessIDs())
    let caller = try RawConnection(path: daemon.process.socketPath)
    let timeout = Duration.milliseconds(milliseconds)
    let start = ContinuousClock.now
    try caller.send(Ask.frame(fault, tree: Ask.tree(), timeout: timeout))
    #expect(try caller.isClosed(within: .seconds(30)))
    let elapsed = ContinuousClock.now - start
    report("\(fault), deadline \(milliseconds) ms: the connection ended after \(elapsed)")
    #expect(elapsed >= timeout)
    #expect(elapsed < timeout + .seconds(10))

    let death = try #require(try await daemon.deaths(1).first)
    #expect(death["reason"] as? String == "watchdog")
    #expect(death["signal"] as? String == "SIGKILL")
    #expect(death["requests_lost"] as? String == "1")
    #expect(Int(death["late_ms"] as? String ?? "") ?? 0 >= 20)
    #expect(try daemon.records("worker_killed").count == 1)
    let after = Set(daemon.process.workerProcessIDs())
    #expect(after.count == 2)
    #expect(after.intersection(before).count == 1, "the other worker is the same as before")
    let client = try daemon.client()
    #expect(await client.failure(Ask.tree(2), Ask.options()) == nil)
    await client.close()
    #expect(try daemon.process.stop() == 0)
  }

  @Test func `says what it had in hand`() async throws {
    let daemon = try FaultDaemon(workers: 1)
    let client = try daemon.client()
    let options = CallOptions(timeout: .seconds(30))
    let digest = try await client.execute(Ask.execution(Ask.tree()), options: options).treeDigest
    _ = await client.failure(Ask.tree(), Ask.options("hang@execute", timeout: .milliseconds(100)))
    let death = try #require(try await daemon.deaths(1, workers: 1).first)
    #expect(death["phase"] as? String == "executing")
    #expect(death["tree_digest"] as? String == digest.map { String(format: "%02x", $0) }.joined())
    #expect((death["execution_id"] as? String)?.count == 36)
    await client.close()
  }

  @Test func `outside of every call is found as well`() async throws {
    let daemon = try FaultDaemon()
    let caller = try RawConnection(path: daemon.process.socketPath)
    let start = ContinuousClock.now
    try caller.send(Ask.frame("hang@turn", tree: Ask.tree(), timeout: .seconds(5)))
    #expect(try caller.isClosed(within: .seconds(30)))
    report("hang@turn: the connection ended after \(ContinuousClock.now - start)")
    let death = try #require(try await daemon.deaths(1).first)
    #expect(death["reason"] as? String == "watchdog")
    #expect(try daemon.records("worker_killed").first?["phase"] as? String == "loop")
  }

  @Test func `does not keep others from being served`() async throws {
    let daemon = try FaultDaemon()
    let caller = try RawConnection(path: daemon.process.socketPath)
    let ticks = daemon.processorTicks()
    try caller.send(Ask.frame("spin@execute", tree: Ask.tree(), timeout: .seconds(3)))
    // Once it has begun, which is seen by the processor's time, it accepts no more.
    #expect(await daemon.spins(since: ticks))
    for number in 0..<50 {
      let client = try daemon.client()
      #expect(await client.failure(Ask.tree(number + 2), Ask.options()) == nil)
      await client.close()
    }
    #expect(try caller.isClosed(within: .seconds(30)))
  }

  @Test
  func `is reported by the client as a passed deadline, and to its neighbours as unavailable`()
    async throws
  {
    let daemon = try FaultDaemon()
    let client = try daemon.client()
    #expect(await client.failure(Ask.tree(2), Ask.options()) == nil)
    let start = ContinuousClock.now
    let timeout = Duration.seconds(2)
    let ticks = daemon.processorTicks()
    async let hanging = client.failure(Ask.tree(), Ask.options("spin@execute", timeout: timeout))
    // That it has begun is seen by the processor's time that a worker uses.
    #expect(await daemon.spins(since: ticks))
    async let neighbour = client.failure(Ask.tree(3), Ask.options())
    async let safeNeighbour = client.failure(Ask.tree(3), Ask.options(), dryRun: true)
    #expect(await hanging?.code == .deadlineExceeded)
    #expect(ContinuousClock.now - start >= timeout)
    #expect(await hanging?.isTransport == true, "by the client's own clock")
    #expect(await neighbour?.code == .unavailable)
    #expect(await safeNeighbour == nil, "a dry run is sent again")
    #expect(await client.failure(Ask.tree(3), Ask.options()) == nil, "the client carries on")
    await client.close()
    let death = try #require(try await daemon.deaths(1).first)
    #expect(Int(death["requests_lost"] as? String ?? "") ?? 0 >= 1)
  }

  @Test(arguments: ["slow:9@execute", "slow:9@decode", "slow:9@compile", "slow:9@answer"])
  func `is told from one that is only slow`(fault: String) async throws {
    let daemon = try FaultDaemon(workers: 1)
    let client = try daemon.client()
    for number in 0..<30 {
      // Each is past its deadline when it begins, or soon after.
      let timeout = Duration.milliseconds(number % 3 == 0 ? 1 : 12)
      _ = await client.failure(Ask.tree(number + 1), Ask.options(fault, timeout: timeout))
    }
    #expect(await client.failure(Ask.tree(99), Ask.options()) == nil)
    #expect(try daemon.records("worker_killed").isEmpty, "\(daemon.process.log())")
    await client.close()
  }
}

@Suite(
  .enabled(if: FaultWorker.isBuilt, "the faulty worker is not built; contrib/test builds it"),
  .serialized)
struct `A stopped process` {
  @Test func `that is an idle worker is taken for one that hangs, and no tree is blamed`()
    async throws
  {
    let daemon = try FaultDaemon()
    let victim = try #require(daemon.process.workerProcessIDs().first)
    kill(victim, SIGSTOP)
    let death = try #require(try await daemon.deaths(1).first)
    #expect(death["reason"] as? String == "watchdog")
    #expect(death["pid"] as? String == "\(victim)")
    #expect(try daemon.records("worker_killed").first?["state"] as? String == "stopped")
  }

  @Test func `that goes on within a second is spared`() async throws {
    let daemon = try FaultDaemon(workers: 1)
    let worker = try #require(daemon.process.workerProcessIDs().first)
    kill(worker, SIGSTOP)
    // Without giving up the thread: others could keep it for longer than the second.
    let isSeen = waitUntil(within: .seconds(10)) {
      (try? daemon.records("worker_stopped_by_signal"))?.isEmpty == false
    }
    kill(worker, SIGCONT)
    #expect(isSeen)
    let start = ContinuousClock.now
    // Past the second after which it would have been killed.
    _ = await comes(within: .seconds(10)) { ContinuousClock.now - start > .milliseconds(1500) }
    #expect(daemon.process.workerProcessIDs() == [worker])
  }

  @Test func `that is the keeper for two seconds costs no healthy worker its life`() async throws {
    let daemon = try FaultDaemon()
    let workers = daemon.process.workerProcessIDs()
    let load = try Load(socketPath: daemon.process.socketPath, connections: 4)
    await load.untilAnswered(200)
    daemon.process.signal(SIGSTOP)
    let stopped = ContinuousClock.now
    while ContinuousClock.now - stopped < .seconds(2) { await load.untilAnswered(50) }
    daemon.process.signal(SIGCONT)
    await load.untilAnswered(1000)
    let outcome = await load.stop()
    #expect(outcome.failures.isEmpty, "\(outcome)")
    #expect(daemon.process.workerProcessIDs() == workers)
    #expect(try daemon.records("worker_killed").isEmpty)
    #expect(try daemon.process.stop() == 0)
  }
}
