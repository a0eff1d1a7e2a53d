import Foundation
import TestSupport
import Testing

/// Calls with idempotency keys as bytes, and what they came to.
enum KeyedCall {
  /// A bonus for a player of five days and more.
  static let bonus =
    #"{"type":"Condition","parameters":{"expression":"days > 4"},"trueAction":"#
    + #"{"type":"GrantBonus","parameters":{"amount":5}}}"#

  static func execute(
    _ key: String, stream: UInt32 = 1, tree: String = bonus, player: String = "p",
    context: String = #"{"days":5}"#, dryRun: Bool = false, timeout: Duration = .seconds(5),
    metadata: [(String, String)] = []
  ) -> [UInt8] {
    let (seconds, attoseconds) = timeout.components
    let options = (dryRun ? Wire.field(1, 1) : []) + (key.isEmpty ? [] : Wire.field(3, key))
    return Wire.request(
      stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteTree",
      payload: Wire.field(1, tree) + Wire.field(5, context) + Wire.field(6, player)
        + Wire.field(7, options),
      timeoutNanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000,
      metadata: metadata)
  }

  struct Outcome: Equatable {
    var executionID: String
    var isReplayed: Bool

    /// The same execution, told of again.
    var replayed: Outcome { Outcome(executionID: executionID, isReplayed: true) }

    init(executionID: String, isReplayed: Bool) {
      self.executionID = executionID
      self.isReplayed = isReplayed
    }

    init(_ execution: [Wire.Field]) {
      executionID = execution.first { $0.number == 1 }?.text ?? ""
      isReplayed = execution.contains { $0.number == 9 && $0.value == 1 }
    }

    init(_ answer: Wire.Answer) throws {
      #expect(answer.code == 0, "\(answer)")
      self.init(try answer.execution())
    }
  }

  /// What a call comes to, on a connection of its own.
  static func outcome(_ key: String, of daemon: DaemonProcess) throws -> Outcome {
    try Outcome(try RawConnection(path: daemon.socketPath).call(execute(key)))
  }

  /// Waits until the answer to a key can be had.
  static func untilAnswered(_ key: String, by daemon: DaemonProcess) -> Outcome? {
    var outcome: Outcome?
    _ = waitUntil(within: .seconds(30)) {
      guard let connection = try? RawConnection(path: daemon.socketPath),
        let answer = try? connection.call(execute(key)), answer.code == 0
      else { return false }
      outcome = try? Outcome(answer)
      return outcome != nil
    }
    return outcome
  }

  /// Two connections that the two workers have taken, by their indices; a worker's log says which it was.
  ///
  /// The daemon logs what it does for every request.
  static func connectionToEachWorker(
    of daemon: DaemonProcess
  ) throws -> [Int: RawConnection] {
    var found: [Int: RawConnection] = [:]
    for number in 0..<1000 where found.count < 2 {
      let connection = try RawConnection(path: daemon.socketPath)
      _ = try connection.call(
        Wire.request(
          stream: 1, service: "grpc.health.v1.Health", method: "Check",
          metadata: [("x-request-id", "c\(number)")]))
      var worker: Int?
      let isSaid = waitUntil(within: .seconds(20)) {
        let line = try? daemon.logRecords(of: "request").first {
          $0["request_id"] as? String == "c\(number)"
        }
        worker = line?["worker"] as? Int
        return worker != nil
      }
      try #require(isSaid, "\(daemon.log())")
      if let worker { found[worker] = connection }
    }
    try #require(found.count == 2)
    return found
  }
}
