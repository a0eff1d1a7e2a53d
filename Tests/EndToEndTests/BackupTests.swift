import Foundation
import TestSupport
import Testing

/// Calls one after the other on a connection of its own, until it is told to stop.
private final class Caller: @unchecked Sendable {
  private let lock = NSLock()
  private var told: [String] = []
  private var failure: (any Error)?
  private var isStopped = false
  private let ended = DispatchSemaphore(value: 0)

  init(_ socketPath: String) {
    let thread = Thread { [self] in
      do {
        let connection = try RawConnection(path: socketPath)
        var stream: UInt32 = 1
        while !lock.withLock({ isStopped }) {
          let answer = try connection.call(
            Wire.executeTree(
              stream: stream, tree: mariaTree, context: #"{"daysInactive":7}"#,
              timeoutNanoseconds: 5_000_000_000))
          guard let id = try answer.execution().first(where: { $0.number == 1 }) else {
            throw Wire.Malformed(what: "an answer without an execution's ID")
          }
          lock.withLock { told.append(id.text) }
          stream += 2
        }
      } catch {
        lock.withLock { failure = error }
      }
      ended.signal()
    }
    thread.start()
  }

  /// Executions that were answered so far.
  var executions: [String] { lock.withLock { told } }

  /// Ends after the call that is under way.
  func stop() throws {
    lock.withLock { isStopped = true }
    ended.wait()
    if let failure = lock.withLock({ failure }) { throw failure }
  }
}

@Suite struct `A copy of the state directory` {
  private func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = try Process.run(URL(filePath: program), arguments: arguments)
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func `that was made while the keeper was stopped has all that callers were told of before`()
    throws
  {
    let copies = try TemporaryFolder()
    let copy = copies.path("copy")
    let daemon = try DaemonProcess()
    let callers = [Caller(daemon.socketPath), Caller(daemon.socketPath)]
    func enough() -> Bool { callers.allSatisfy { $0.executions.count > 200 } }
    #expect(waitUntil(within: .seconds(20), enough))
    daemon.signal(SIGSTOP)
    let before = callers.flatMap(\.executions)
    let isServed = waitUntil(within: .seconds(10)) {
      callers.flatMap(\.executions).count > before.count + 10
    }
    let status = try run("/bin/cp", ["-a", daemon.statePath, copy])
    daemon.signal(SIGCONT)
    #expect(isServed, "workers go on serving")
    #expect(status == 0)
    for caller in callers { try caller.stop() }
    #expect(try daemon.stop() == 0)

    // The daemon that has the copy takes in what its journals hold, and ends.
    let other = try DaemonProcess(
      workers: 1, environment: ["SMARTFLOW_STATE_DIRECTORY": copy])
    #expect(try other.stop() == 0)
    let audit = try String(contentsOfFile: copy + "/audit/000001.jsonl", encoding: .utf8)
    let recorded = audit.matches(of: /"execution_id":"([^"]+)"/).map { String($0.1) }
    #expect(Set(recorded).count == recorded.count, "none is there twice")
    #expect(Set(before).subtracting(recorded).isEmpty)
    let verified = try smartflow([
      "audit", "verify", copy + "/audit", "--public-key", copy + "/audit.key.pub",
      "--checkpoints", copy + "/audit-checkpoints.jsonl",
    ])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
  }
}
