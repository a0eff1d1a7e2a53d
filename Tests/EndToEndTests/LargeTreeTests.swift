import Foundation
import TestSupport
import Testing

@Suite struct `A large tree that nobody has sent before` {
  /// Thousands of nodes, each with an expression of its own.
  private func tree(_ name: String, nodes: Int = 4_000) -> String {
    let cases = (0..<nodes).map {
      #"{"expression":"a > \#($0 + 1) and b == \"x\"","action":{"type":"GrantBonus","parameters":{"amount":"{{a + \#($0)}}","currency":"EUR"}}}"#
    }
    let groups = stride(from: 0, to: nodes, by: 50).map {
      #"{"type":"Switch","cases":[\#(cases[$0..<min($0 + 50, nodes)].joined(separator: ","))]}"#
    }
    return
      #"{"type":"Sequence","name":"\#(name)","actions":[\#(groups.joined(separator: ","))]}"#
  }

  private func call(_ stream: Int, _ tree: String, milliseconds: Int64 = 5_000) -> [UInt8] {
    Wire.executeTree(
      stream: UInt32(stream), tree: tree, context: #"{"a":0,"b":"y"}"#,
      timeoutNanoseconds: milliseconds * 1_000_000)
  }

  private func validation(_ stream: Int, _ tree: String) -> [UInt8] {
    Wire.request(
      stream: UInt32(stream), service: "smartflow.v1.ExecutionService", method: "ValidateTree",
      payload: Wire.field(1, tree), timeoutNanoseconds: 5_000_000_000)
  }

  /// The next answer if it is there, however little of it.
  private func answerAtHand(_ connection: RawConnection) throws -> Wire.Answer? {
    do {
      return try connection.answer(timeout: .zero)
    } catch RawConnection.Failure.timedOut(_, let received) {
      guard received > 0 else { return nil }
      throw RawConnection.Failure.timedOut(after: .zero, received: received)
    }
  }

  @Test(arguments: ["ExecuteTree", "ValidateTree"])
  func `is compiled between the calls of others`(method: String) throws {
    let daemon = try DaemonProcess(workers: 1)
    let light = try RawConnection(path: daemon.socketPath)
    let large = try RawConnection(path: daemon.socketPath)
    #expect(try light.call(call(1, mariaTree)).code == 9)
    let tree = tree("one")
    try large.send(method == "ExecuteTree" ? call(1, tree) : validation(1, tree))
    var answered = 0
    // The answer of an execution is small, and comes at once; that of a validation is looked for only.
    while answered < 10 {
      #expect(try light.call(call(2 * answered + 3, mariaTree)).code == 9)
      answered += 1
      if method == "ExecuteTree" {
        if let answer = try answerAtHand(large) {
          Issue.record("\(answer.code) came after \(answered) light calls")
          return
        }
      }
    }
    #expect(try large.answer(timeout: .seconds(20)).code == 0)
  }

  @Test func `with a large schema of its contexts is looked at between the calls of others`() throws
  {
    let daemon = try DaemonProcess(workers: 1)
    let light = try RawConnection(path: daemon.socketPath)
    let large = try RawConnection(path: daemon.socketPath)
    #expect(try light.call(call(1, mariaTree)).code == 9)
    let properties = (0..<9_000).map { #""p\#($0)":{"minimum":\#($0)}"# }.joined(separator: ",")
    let schema = #"{"type":"object","properties":{\#(properties)}}"#
    try large.send(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ValidateTree",
        payload: Wire.field(1, mariaTree) + Wire.field(3, schema),
        timeoutNanoseconds: 5_000_000_000))
    for answered in 0..<10 {
      #expect(try light.call(call(2 * answered + 3, mariaTree)).code == 9)
      if let answer = try answerAtHand(large) {
        Issue.record("\(answer.code) came after \(answered) light calls")
        return
      }
    }
    #expect(try large.answer(timeout: .seconds(20)).code == 0)
  }

  /// Trees of which one part is as large as a tree may be.
  private static let lumps: [String] = [
    // Members in no order.
    #"{"type":"Sequence","metadata":{\#((0..<70_000).map { "\"\($0 &* 7919 % 70_000)\":1" }.joined(separator: ","))},"actions":[]}"#,
    // Lists.
    #"{"type":"Sequence","metadata":{"a":[\#([String](repeating: "[1]", count: 170_000).joined(separator: ","))]},"actions":[]}"#,
    // Mistakes below one long name.
    #"{"type":"SendSMS","parameters":{"\#(String(repeating: "x", count: 60_000))":[\#([String](repeating: "\"{{a +}}\"", count: 2_000).joined(separator: ","))]}}"#,
    // Mistakes behind many names, each at a place of its own.
    #"{"type":"SendSMS","parameters":{"phone":{\#((0..<50_000).map { "\"k\($0)\":1" }.joined(separator: ",")),"x":[\#([String](repeating: #"{"a":["{{a +}}"]}"#, count: 1_500).joined(separator: ","))]}}}"#,
  ]

  @Test(arguments: lumps.indices)
  func `in one lump is looked at between the calls of others`(number: Int) throws {
    let daemon = try DaemonProcess(workers: 1)
    let light = try RawConnection(path: daemon.socketPath)
    let large = try RawConnection(path: daemon.socketPath)
    #expect(try light.call(call(1, mariaTree)).code == 9)
    try large.send(validation(1, Self.lumps[number]))
    var stream = 3
    // As many as there is time for; one that waited for a whole lump would have none behind it.
    while !large.hasBytes {
      #expect(try light.call(call(stream, mariaTree)).code == 9)
      stream += 2
    }
    #expect(stream > 40)
    #expect(try large.answer(timeout: .seconds(20)).code == 0)
  }

  @Test func `with thousands of expressions below one long name costs no worker its life`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    let expressions = [String](repeating: "\"{{a}}\"", count: 5_000).joined(separator: ",")
    let name = String(repeating: "x", count: 60_000)
    let tree = #"{"type":"SendSMS","parameters":{"\#(name)":[\#(expressions)]}}"#
    // Each with the name of its own took 4 GB.
    #expect(try connection.call(validation(1, tree)).code == 0)
    #expect(try connection.call(call(3, mariaTree)).code == 9)
  }

  @Test func `is compiled to its end when its call could not wait so long`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let connection = try RawConnection(path: daemon.socketPath)
    let tree = tree("late", nodes: 2_500)
    #expect(try connection.call(call(1, tree, milliseconds: 5)).code == 4)
    var stream = 1
    let found = waitUntil(within: .seconds(20)) {
      stream += 2
      return (try? connection.call(call(stream, tree, milliseconds: 100)).code) == 0
    }
    #expect(found)
  }

  @Test func `is compiled once for all that ask for it at the same time`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let tree = tree("shared", nodes: 2_000)
    let connections = try (0..<8).map { _ in try RawConnection(path: daemon.socketPath) }
    for connection in connections { try connection.send(call(1, tree) + call(3, tree)) }
    for connection in connections {
      for _ in 0..<2 { #expect(try connection.answer(timeout: .seconds(20)).code == 0) }
    }
  }

  @Test func `is dropped with the connection that it came by`() throws {
    let daemon = try DaemonProcess(workers: 1)
    for number in 0..<8 {
      let connection = try RawConnection(path: daemon.socketPath)
      try connection.send(call(1, tree("gone-\(number)", nodes: 1_000)))
    }
    let light = try RawConnection(path: daemon.socketPath)
    #expect(try light.call(call(1, mariaTree)).code == 9)
    #expect(try daemon.stop() == 0)
  }
}
