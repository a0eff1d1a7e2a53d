import Foundation
import TestSupport
import Testing

/// What a greedy connection may keep a worker busy with.
enum Greed: CaseIterable {
  /// 200 calls at once, each of which runs until its deadline.
  case heavyCalls
  /// Batches of such calls.
  case heavyBatches

  /// What it writes; none of it is answered before `timeoutNanoseconds` are over.
  func bytes(timeoutNanoseconds: Int64) -> [UInt8] {
    switch self {
    case .heavyCalls:
      (0..<200).flatMap {
        Wire.executeTree(
          stream: UInt32(2 * $0 + 1), tree: HeavyTree.json, context: HeavyTree.context,
          timeoutNanoseconds: timeoutNanoseconds)
      }
    case .heavyBatches:
      (0..<4).flatMap {
        Wire.request(
          stream: UInt32(2 * $0 + 1), service: "smartflow.v1.ExecutionService",
          method: "ExecuteBatch",
          payload: Wire.field(1, HeavyTree.json)
            + Array(
              repeating: Wire.field(4, Wire.field(2, HeavyTree.context)), count: 200
            ).flatMap(\.self), timeoutNanoseconds: timeoutNanoseconds)
      }
    }
  }
}

@Suite struct `A greedy connection` {
  private func maria(_ stream: Int) -> [UInt8] {
    Wire.executeTree(
      stream: UInt32(stream), tree: mariaTree, context: #"{"daysInactive": 9}"#,
      timeoutNanoseconds: 5_000_000_000)
  }

  @Test(arguments: Greed.allCases)
  func `keeps its neighbour's calls from nothing, however much it asks at once`(greed: Greed) throws
  {
    let daemon = try DaemonProcess(workers: 1, arguments: HeavyTree.fuelLimit)
    let greedy = try RawConnection(path: daemon.socketPath)
    let light = try RawConnection(path: daemon.socketPath)
    try greedy.send(greed.bytes(timeoutNanoseconds: 4_000_000_000))
    // Were turns given to calls and not to connections, each of these would wait for 200 slices.
    for number in 0..<50 {
      #expect(try light.call(maria(2 * number + 1)).code == 0)
    }
    #expect(throws: RawConnection.Failure.self, "an answer before those of the neighbour") {
      try greedy.answer(timeout: .zero)
    }
    // And it gets its own answers.
    let late = try greedy.answer(timeout: .seconds(30))
    #expect(late.code == 4 || greed == .heavyBatches && late.code == 0, "\(late.message)")
  }

  @Test func `whose batch came too late is told so while its neighbour is served`()
    throws
  {
    let daemon = try DaemonProcess(workers: 1, arguments: HeavyTree.fuelLimit)
    let light = try RawConnection(path: daemon.socketPath)
    let greedy = try RawConnection(path: daemon.socketPath)
    #expect(try light.call(maria(1)).code == 0)
    let count = 10_000
    let first = Wire.field(4, Wire.field(2, HeavyTree.longContext))
    let other = Wire.field(4, Wire.field(2, #"{"l":1}"#))
    let begun = ContinuousClock.now
    let timeout = Duration.milliseconds(150)
    try greedy.send(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, HeavyTree.json) + [first, first, first].flatMap(\.self)
          + [[UInt8]](repeating: other, count: count - 3).flatMap(\.self),
        timeoutNanoseconds: 150_000_000))
    // Were they all told at once, no light call would be answered between the deadline and that.
    var served = 0
    var stream = 3
    while !greedy.hasBytes {
      #expect(try light.call(maria(stream)).code == 0)
      stream += 2
      if ContinuousClock.now - begun > timeout + .milliseconds(2) { served += 1 }
    }
    #expect(served > 3)
    let answer = try greedy.answer(timeout: .seconds(30))
    let results = try Wire.fields(of: answer.payload).filter { $0.number == 1 }
    #expect(results.count == count)
    let codes = try results.map { result in
      let status = try Wire.fields(of: result.bytes).first { $0.number == 2 }
      return try Wire.fields(of: status?.bytes ?? []).first { $0.number == 1 }?.value
    }
    #expect(codes.suffix(count - 3).allSatisfy { $0 == 4 })
  }

  @Test func `that fills the queue of waiting calls keeps nobody else out of it`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: HeavyTree.fuelLimit)
    var greedy: [RawConnection] = []
    for _ in 0..<8 {
      let connection = try RawConnection(path: daemon.socketPath)
      try connection.send(Greed.heavyCalls.bytes(timeoutNanoseconds: 3_000_000_000))
      greedy.append(connection)
    }
    let light = try RawConnection(path: daemon.socketPath)
    for number in 0..<20 { #expect(try light.call(maria(2 * number + 1)).code == 0) }
    // One call that waits is anybody's right.
    let heavy = Wire.executeTree(
      stream: 1001, tree: HeavyTree.json, context: HeavyTree.context,
      timeoutNanoseconds: 100_000_000)
    #expect(try light.call(heavy).code == 4)
    #expect(try greedy[0].answer(timeout: .seconds(30)).code != 0)
  }
}
