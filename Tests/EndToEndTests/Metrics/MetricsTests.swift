import Foundation
import TestSupport
import Testing

@Suite struct `The daemon's metrics` {
  private static let tree = #"{"type":"GrantBonus","parameters":{"amount":5}}"#

  private static func execute(_ daemon: DaemonProcess, times: Int) throws {
    for _ in 0..<times {
      let answer = try RawConnection(path: daemon.socketPath).call(
        Wire.executeTree(stream: 1, tree: tree))
      #expect(answer.code == 0)
    }
  }

  @Test func `are exact whichever worker is asked, at once after the last answer`() throws {
    let daemon = try DaemonProcess(workers: 3)
    let administrator = Administrator(daemon: daemon)
    for round in 1...20 {
      try Self.execute(daemon, times: 2)
      let metrics = try administrator.metrics()
      for sample in [Sample.executions, Sample.completed, Sample.durations, Sample.bonuses] {
        #expect(metrics[sample] == Double(2 * round), "\(sample)")
      }
      #expect(
        metrics[Sample.requests("smartflow.v1.AdminService/GetMetrics")] == Double(round - 1))
      let lookups = ["hits", "misses"].compactMap { metrics["smartflow_tree_cache_\($0)_total"] }
      #expect(lookups.reduce(0, +) == Double(2 * round))
    }
    #expect(try daemon.stop() == 0)
  }

  @Test func `tell refusals, failures and dry runs apart`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    _ = try connection.call(
      Wire.executeTree(stream: 1, tree: Self.tree, options: Wire.field(1, 1 as UInt64)))
    _ = try connection.call(Wire.executeTree(stream: 3, tree: "{"))
    _ = try connection.call(Wire.request(stream: 5, service: "no.Such", method: "Thing"))
    // A stream number that is used twice is no request at all.
    _ = try connection.call(Wire.health(stream: 5))
    let metrics = try Administrator(daemon: daemon).metrics()
    #expect(metrics[#"smartflow_executions_total{status="DRY_RUN"}"#] == 1)
    #expect(metrics[#"smartflow_executions_total{status="FAILED"}"#] == 1)
    #expect(metrics[#"smartflow_actions_total{type="GrantBonus",status="NOT_PERFORMED"}"#] == 1)
    #expect(
      metrics[
        Sample.requests("smartflow.v1.ExecutionService/ExecuteTree", "INVALID_ARGUMENT")] == 1)
    #expect(metrics[Sample.requests("_OTHER", "UNIMPLEMENTED")] == 1)
    #expect(metrics[Sample.requests("_OTHER", "INVALID_ARGUMENT")] == 1)
    #expect(metrics["smartflow_open_connections"] == 2)
    #expect(metrics[#"smartflow_accepted_connections_total{socket="data"}"#] == 1)
  }

  @Test func `say which published trees workers execute`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let administrator = Administrator(daemon: daemon)
    #expect(try administrator.metrics()["smartflow_active_trees"] == 0)
    let connection = try RawConnection(path: daemon.adminSocketPath)
    let publication =
      Wire.field(1, "winback") + Wire.field(2, mariaTree) + Wire.field(7, 1 as UInt64)
    let published = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.TreeService", method: "PublishTree",
        payload: publication, timeoutNanoseconds: 5_000_000_000))
    #expect(published.code == 0, "\(published)")
    for stream in [3, 5] as [UInt32] {
      let call = Wire.request(
        stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
        payload: Wire.field(2, Wire.field(1, "winback"))
          + Wire.field(5, #"{"daysInactive": 7}"#), timeoutNanoseconds: 5_000_000_000)
      #expect(try connection.call(call).code == 0)
    }
    let metrics = try administrator.metrics()
    // Publishing compiles a tree for itself alone, and looks for none.
    #expect(metrics["smartflow_tree_cache_misses_total"] == 1)
    #expect(metrics["smartflow_tree_cache_hits_total"] == 1)
    #expect(metrics["smartflow_active_trees"] == 1)
    #expect((metrics["smartflow_snapshot_version"] ?? 0) > 0)
  }

  @Test func `do not fall when workers are killed`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let administrator = Administrator(daemon: daemon)
    for round in 1...5 {
      try Self.execute(daemon, times: 4)
      for worker in daemon.workerProcessIDs() { kill(worker, SIGKILL) }
      let areBack = waitUntil(within: .seconds(30)) {
        guard let metrics = try? administrator.metrics() else { return false }
        return metrics[#"smartflow_worker_restarts_total{reason="killed"}"#] == Double(2 * round)
          && metrics[#"smartflow_workers{state="serving"}"#] == 2
      }
      #expect(areBack, "\(daemon.log())")
      let metrics = try administrator.metrics()
      for sample in [Sample.executions, Sample.completed, Sample.durations, Sample.bonuses] {
        #expect(metrics[sample] == Double(4 * round), "\(sample)")
      }
      // What is of the moment went with them: once the connections before it are gone, the one that asks is alone.
      let isAlone = waitUntil(within: .seconds(10)) {
        (try? administrator.metrics())?["smartflow_open_connections"] == 1
      }
      #expect(isAlone)
    }
    #expect(try daemon.stop() == 0)
  }

  @Test(arguments: [(SIGHUP, "worker_replaced", 2), (SIGUSR2, "\"upgraded\"", 1)])
  func `do not fall when workers are replaced, by the same keeper or the next release`(
    signal: Int32, event: String, count: Int
  ) throws {
    let daemon = try DaemonProcess(workers: 2)
    let administrator = Administrator(daemon: daemon)
    try Self.execute(daemon, times: 6)
    #expect(try administrator.metrics()[Sample.executions] == 6)
    daemon.signal(signal)
    let isOver = waitUntil(within: .seconds(60)) {
      daemon.log().ranges(of: event).count >= count
    }
    #expect(isOver, "\(daemon.log())")
    let metrics = try administrator.metrics()
    #expect(metrics[Sample.executions] == 6, "\(daemon.log())")
    #expect(metrics[Sample.bonuses] == 6)
    try Self.execute(daemon, times: 1)
    #expect(try administrator.metrics()[Sample.executions] == 7)
    #expect(try daemon.stop() == 0)
  }

  @Test func `are refused in a format that there is not, and on the data socket`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let refused = try Administrator(daemon: daemon).call("GetMetrics", Wire.field(1, 9 as UInt64))
    #expect(refused.code == 3)
    #expect(try refused.violatedFields() == ["format"])
    let request = Wire.request(
      stream: 1, service: "smartflow.v1.AdminService", method: "GetMetrics")
    #expect(try RawConnection(path: daemon.socketPath).call(request).code == 7)
  }
}
