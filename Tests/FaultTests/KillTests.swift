import Foundation
import SmartFlowClient
import SmartFlowMessages
import TestSupport
import Testing
import UnixSocket

@Suite(.serialized) struct `A worker killed under load` {
  /// How much is done: a little in every run of the tests, and more where somebody asks for it.
  private static func number(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
  }

  @Test func `costs its callers an UNAVAILABLE at most, and loses none of their calls`()
    async throws
  {
    let kills = Self.number("SMARTFLOW_FAULT_KILLS", 30)
    let connections = Self.number("SMARTFLOW_FAULT_CONNECTIONS", 8)
    let workers = 2
    let daemon = try DaemonProcess(workers: workers)
    let administrator = try SmartFlowClient(endpoint: .path(daemon.adminSocketPath))
    let load = try Load(socketPath: daemon.socketPath, connections: connections)
    var generator = SeededGenerator(seed: 11)
    var times: [Duration] = []
    await load.untilAnswered(100)
    for kill in 1...kills {
      let living = daemon.workerProcessIDs()
      let victim = try #require(living.randomElement(using: &generator))
      let start = ContinuousClock.now
      Foundation.kill(victim, SIGKILL)
      // The log says it too, but the log of so many calls is long.
      try await isBack(administrator, deaths: kill)
      times.append(ContinuousClock.now - start)
      await load.untilAnswered(Int.random(in: 1...300, using: &generator))
    }
    let outcome = await load.stop()
    times.sort()
    report(
      """
      \(kills) kills, \(connections) connections, 2 calls in flight on each, \(workers) workers
      \(outcome)
      time to full strength: median \(times[times.count / 2]), longest \(times[times.count - 1])
      """)
    #expect(outcome.lost == 0, "\(outcome)")
    #expect(Set(outcome.failures.keys).isSubset(of: ["UNAVAILABLE"]), "\(outcome)")
    #expect(outcome.answered > kills)
    let deaths = try daemon.logRecords(of: "worker_died")
    #expect(deaths.count == kills)
    let others = deaths.filter { $0["reason"] as? String != "killed" }
    #expect(others.isEmpty, "\(others)")
    // The same tree was in hand at all of these deaths, and is to blame for none.
    #expect(try daemon.logRecords(of: "tree_quarantined").isEmpty)
    let hung = try daemon.logRecords(of: "worker_killed")
    #expect(hung.isEmpty, "\(hung)")
    await administrator.close()
    #expect(try daemon.stop() == 0)
  }

  /// Waits until all workers serve that are to be there after so many deaths.
  private func isBack(_ administrator: SmartFlowClient, deaths: Int) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      let options = CallOptions(timeout: .seconds(60), isSafeToResend: true)
      // The worker that is asked may be the one that dies; then it is asked again.
      let info = try? await administrator.call(GetServerInfoRequest(), options: options)
      let workers = info?.workers ?? []
      let restarts = workers.reduce(0) { $0 + Int($1.restarts) }
      if restarts >= deaths, workers.allSatisfy({ $0.state == .serving }) { return }
    }
    Issue.record("not all workers serve after \(deaths) deaths")
  }
}

@Suite(.serialized) struct `The keeper's end` {
  @Test func `by SIGKILL ends the workers, and leaves room for another daemon`() async throws {
    let daemon = try DaemonProcess(workers: 2)
    let workers = daemon.workerProcessIDs()
    let load = try Load(socketPath: daemon.socketPath, connections: 2)
    await load.untilAnswered(50)
    daemon.signal(SIGKILL)
    let areGone = await comes(within: .seconds(30)) {
      workers.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)") }
    }
    #expect(areGone)
    // The clients dial on until somebody is there again.
    let next = try DaemonProcess(workers: 2, folder: daemon.folder)
    await load.untilAnswered(50)
    let outcome = await load.stop()
    #expect(outcome.lost == 0)
    #expect(Set(outcome.failures.keys).isSubset(of: ["UNAVAILABLE"]), "\(outcome)")
    #expect(try next.stop() == 0)
  }
}

@Suite struct `The processes` {
  @Test func `are told apart by their names`() throws {
    let daemon = try DaemonProcess(workers: 3)
    func name(_ process: Int32) -> String? {
      try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        .trimmingCharacters(in: .newlines)
    }
    #expect(name(daemon.processID) == "smartflowd")
    #expect(
      daemon.workerProcessIDs().compactMap(name).sorted() == [
        "smartflow-w0", "smartflow-w1", "smartflow-w2",
      ])
  }
}

@Suite struct `A released worker` {
  @Test(.enabled(if: FaultWorker.isBuilt, "the faulty worker is not built; contrib/test builds it"))
  func `knows nothing of faults on purpose`() throws {
    let path = try DaemonProcess.programFolder().appending(path: "smartflow-worker")
    let released = try Data(contentsOf: path)
    let faulty = try Data(contentsOf: URL(filePath: try #require(FaultWorker.path)))
    for trace in ["x-smartflow-fault", "6FaultsV"] {
      let bytes = Data(trace.utf8)
      #expect(released.range(of: bytes) == nil, "\(trace)")
      // That it would be found is shown by the one that has it.
      #expect(faulty.range(of: bytes) != nil, "\(trace)")
    }
  }
}
