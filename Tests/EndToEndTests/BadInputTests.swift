import Foundation
import TestSupport
import Testing

@Suite struct `Bad input` {
  private let daemon: DaemonProcess

  init() throws { daemon = try DaemonProcess(workers: 1) }

  private var maria: [UInt8] {
    Wire.executeTree(stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#)
  }

  /// Whether somebody who did nothing wrong is served.
  private func isServing() throws -> Bool {
    let request = Wire.executeTree(
      stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#,
      timeoutNanoseconds: 5_000_000_000)
    return try RawConnection(path: daemon.socketPath).call(request).code == 0
  }

  @Test func `of a thousand connections that send one byte and wait keeps nobody else out`() throws
  {
    var waiting: [RawConnection] = []
    for _ in 0..<1000 {
      let connection = try RawConnection(path: daemon.socketPath)
      try connection.send([0])
      waiting.append(connection)
    }
    #expect(try isServing())
    #expect(waiting.count == 1000)
  }

  @Test func `of clients that vanish in the middle of a frame harms nobody`() throws {
    for count in stride(from: 1, to: maria.count, by: 7) {
      try RawConnection(path: daemon.socketPath).send(Array(maria[..<count]))
    }
    #expect(try isServing())
    #expect(daemon.workerProcessIDs().count == 1)
  }

  @Test func `of a client that never reads costs it its connection, and nobody else anything`()
    throws
  {
    let greedy = try RawConnection(path: daemon.socketPath)
    // Calls without end: the daemon stops reading them once their answers pile up.
    let body = Wire.executeTree(stream: 0, tree: mariaTree, context: #"{"daysInactive": 9}"#)
    var sent = 0
    do {
      for stream in stride(from: UInt32(1), to: 200_000, by: 2) {
        var frame = body
        frame.replaceSubrange(4..<8, with: Wire.bigEndian(stream))
        try greedy.send(frame, timeout: .milliseconds(500))
        sent += 1
      }
    } catch is RawConnection.Failure {
      // It is not read any more: that is what was wanted.
    }
    #expect(sent < 99_999, "the daemon took everything")
    #expect(try isServing())
  }

  @Test func `in every message of 2,000 random ones gets an answer`() throws {
    var generator = SeededGenerator(seed: 9)
    let methods = ["ExecuteTree", "ExecuteBatch", "ValidateTree"]
    let connection = try RawConnection(path: daemon.socketPath)
    for index in 0..<2000 {
      let count = Int.random(in: 0..<64, using: &generator)
      let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let answer = try connection.call(
        Wire.request(
          stream: UInt32(2 * index + 1), service: "smartflow.v1.ExecutionService",
          method: methods[index % 3], payload: payload))
      #expect([0, 3, 8, 9, 12].contains(answer.code), "\(answer) of \(payload)")
    }
    #expect(try isServing())
  }

  @Test func `in a sound message with one byte changed gets an answer, whichever byte`() throws {
    var connection = try RawConnection(path: daemon.socketPath)
    for index in 10..<maria.count {
      var changed = maria
      changed[index] ^= 0x11
      changed.replaceSubrange(4..<8, with: Wire.bigEndian(UInt32(2 * index + 1)))
      let answer = try connection.call(changed)
      #expect(answer.code != 13, "\(answer)")
      if index % 100 == 0 { connection = try RawConnection(path: daemon.socketPath) }
    }
    #expect(try isServing())
  }

  @Test func `from before the first frame to after the last is closed without a word`() throws {
    let connection = try RawConnection(path: daemon.socketPath)
    try connection.send(Array("GET / HTTP/1.1\r\nHost: smartflow\r\n\r\n".utf8))
    connection.finishWriting()
    #expect(try connection.isClosed())
    #expect(try isServing())
  }

  @Test func `in texts that a log can not hold loses no record`() throws {
    let connection = try RawConnection(path: daemon.socketPath)
    let tree =
      #"{"type":"SendEmail","parameters":{"from":"a@b","to":"c@d","subject":"\u007f\u0085","body":"{{b}}"}}"#
    let body = String(repeating: "\u{7F}x", count: 30_000)
    let answer = try connection.call(
      Wire.executeTree(stream: 1, tree: tree, context: #"{"b":"\#(body)"}"#))
    #expect(answer.code == 0, "\(answer.message)")
    let found = waitUntil(within: .seconds(10)) {
      ((try? daemon.logRecords()) ?? []).contains { $0["type"] as? String == "SendEmail" }
    }
    #expect(found)
  }

  @Test(arguments: ["ExecuteTree", "ValidateTree"], TalkativeTree.allCases)
  func `of which there is more to say than a frame holds is answered in one frame`(
    method: String, tree: TalkativeTree
  ) throws {
    let connection = try RawConnection(path: daemon.socketPath)
    try connection.send(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: method,
        payload: Wire.field(1, tree.json), timeoutNanoseconds: 5_000_000_000))
    let header = try connection.receive(10, timeout: .seconds(20))
    let byteCount = header.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    #expect(header.count == 10 && byteCount > 0)
    #expect(byteCount <= 4 << 20, "\(byteCount) bytes")
    #expect(try isServing())
  }

  @Test func `in each of a batch's items is answered in one frame`() throws {
    // One character of four thousand scalars.
    let name = "e" + String(repeating: "\u{301}", count: 3_900)
    let tree =
      #"{"type":"Condition","parameters":{"expression":"'\#(name)' > 1"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
    let items = (0..<10_000).flatMap { _ in Wire.field(4, [] as [UInt8]) }
    let connection = try RawConnection(path: daemon.socketPath)
    let answer = try connection.call(
      Wire.request(
        stream: 1, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
        payload: Wire.field(1, tree) + items, timeoutNanoseconds: 5_000_000_000),
      timeout: .seconds(20))
    #expect(answer.code == 0, "\(answer.message)")
    #expect(answer.payload.count < 4 << 20, "\(answer.payload.count) bytes")
    let results = try Wire.fields(of: answer.payload)
    #expect(results.count == 10_000)
  }

  @Test(arguments: [7_000, 7_200, 7_400, 7_600, 7_800, 8_000])
  func `in each item of a batch that just fills a frame is answered in one frame`(
    length: Int
  ) throws {
    // The expression stands among the details of each error.
    let expression = "missing > 1" + String(repeating: " ", count: length)
    let tree =
      #"{"type":"Condition","parameters":{"expression":"\#(expression)"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
    let connection = try RawConnection(path: daemon.socketPath)
    func answer(stream: UInt32, items: Int) throws -> Wire.Answer {
      let items = (0..<items).flatMap { _ in Wire.field(4, [] as [UInt8]) }
      return try connection.call(
        Wire.request(
          stream: stream, service: "smartflow.v1.ExecutionService", method: "ExecuteBatch",
          payload: Wire.field(1, tree) + items, timeoutNanoseconds: 5_000_000_000))
    }
    let one = try answer(stream: 1, items: 1).payload.count
    #expect(one > length)
    for (index, count) in ((4 << 20) / one...(4 << 20) / one + 2).enumerated() {
      let answer = try answer(stream: UInt32(2 * index + 3), items: count)
      #expect(answer.code == 0, "\(count) items: \(answer.message)")
      let results = try Wire.fields(of: answer.payload)
      #expect(results.count == count)
    }
  }
}

/// Trees that are within their limits, and of which there is much to say.
enum TalkativeTree: CaseIterable {
  /// Two thousand mistakes below one long name.
  case manyPlaces
  /// A name that is twice as long in a pointer, and stands in every sentence.
  case escapedName
  /// Numbers that are five times as long in canonical JSON.
  case longNumbers

  var json: String {
    switch self {
    case .manyPlaces:
      let name = String(repeating: "k", count: 400_000)
      let texts = [String](repeating: #""{{""#, count: 2_000).joined(separator: ",")
      return #"{"type":"SendSMS","parameters":{"\#(name)":[\#(texts)]}}"#
    case .escapedName:
      return #"{"type":"Sequence","\#(String(repeating: "~", count: 1_040_000))":1}"#
    case .longNumbers:
      let numbers = [String](repeating: "1e20", count: 200_000).joined(separator: ",")
      return
        #"{"type":"GrantBonus","parameters":{"amount":1},"metadata":{"a":[\#(numbers)]}}"#
    }
  }
}
