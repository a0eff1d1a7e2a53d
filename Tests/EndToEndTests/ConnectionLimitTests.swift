import Foundation
import TestSupport
import Testing

@Suite struct `A connection` {
  private static let maria = Wire.executeTree(
    stream: 1, tree: mariaTree, context: #"{"daysInactive": 9}"#)

  private func isServing(_ daemon: DaemonProcess) throws -> Bool {
    try RawConnection(path: daemon.socketPath).call(Self.maria).code == 0
  }

  @Test(arguments: [1, 9, 10, 11, 60])
  func `whose frame does not come whole is closed, wherever it stops`(count: Int) throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--frame-timeout", "200ms"])
    let connection = try RawConnection(path: daemon.socketPath)
    try connection.send(Array(Self.maria.prefix(count)))
    #expect(try connection.isClosed())
    #expect(try isServing(daemon))
    #expect(waitUntil(within: .seconds(10)) { daemon.log().contains("--frame-timeout") })
  }

  @Test func `that sends a byte now and then is closed like one that sends none`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--frame-timeout", "500ms"])
    let connection = try RawConnection(path: daemon.socketPath)
    let start = ContinuousClock.now
    var sent = 0
    // Each byte comes long before the timeout of the one before it.
    for byte in Self.maria.prefix(Self.maria.count - 1) {
      do {
        try connection.send([byte])
        sent += 1
        if try connection.isClosed(within: .milliseconds(20)) { break }
      } catch RawConnection.Failure.timedOut {
        continue
      } catch { break }
    }
    #expect(sent < Self.maria.count - 1, "it held on for \(ContinuousClock.now - start)")
    #expect(try isServing(daemon))
  }

  @Test func `that is idle between two frames stays open`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--frame-timeout", "100ms", "--unread-timeout", "100ms"])
    let idle = try RawConnection(path: daemon.socketPath)
    #expect(try idle.call(Self.maria).code == 0)
    // Two others are closed meanwhile, one after the other; it has been idle as long as both.
    for _ in 0..<2 {
      let half = try RawConnection(path: daemon.socketPath)
      try half.send([0])
      #expect(try half.isClosed())
    }
    var again = Self.maria
    again.replaceSubrange(4..<8, with: Wire.bigEndian(3))
    #expect(try idle.call(again).code == 0)
  }

  @Test func `that never reads is closed when its answers have waited too long`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--unread-timeout", "300ms"])
    let greedy = try RawConnection(path: daemon.socketPath)
    // The log has a line for each of thousands of actions.
    let isCut = try pour(into: greedy) {
      (try? daemon.logRecords(of: "connection_closed").count) == 1
    }
    #expect(isCut, "\(daemon.log().suffix(2000))")
    #expect(try isServing(daemon))
    let worker = try #require(daemon.workerProcessIDs().first)
    let peak = try #require(ProcessStatus(worker)["VmHWM"]).split(separator: " ").first
    // What is unread may take --unread-bytes at most; nothing is read while a megabyte of it waits.
    #expect(try #require(peak.flatMap { Int($0) }) < 160 << 10, "\(peak ?? "") KiB")
  }

  /// Writes calls and reads nothing, until the peer has closed and says why.
  private func pour(into connection: RawConnection, until isOver: () -> Bool) throws -> Bool {
    for stream in stride(from: UInt32(1), to: 2_000_000, by: 2) {
      var frame = Self.maria
      frame.replaceSubrange(4..<8, with: Wire.bigEndian(stream))
      do {
        // It is not read any more at some point, and closed while this waits.
        try connection.send(frame, timeout: .seconds(20))
      } catch let RawConnection.Failure.call(name, code) {
        #expect(name == "send" && [EPIPE, ECONNRESET].contains(code))
        return waitUntil(within: .seconds(30), isOver)
      }
    }
    return false
  }

  @Test func `has one more stream than it may refused, and goes on`() throws {
    let daemon = try DaemonProcess(
      workers: 1, arguments: ["--max-streams", "4"] + HeavyTree.fuelLimit)
    let connection = try RawConnection(path: daemon.socketPath)
    // All in one write, so that they are there before the first is done.
    var bytes: [UInt8] = []
    for number in 0..<5 {
      bytes += Wire.executeTree(
        stream: UInt32(2 * number + 1), tree: HeavyTree.json, context: HeavyTree.context,
        timeoutNanoseconds: 1_000_000_000)
    }
    try connection.send(bytes)
    var codes: [UInt32: Int] = [:]
    for _ in 0..<5 {
      let answer = try connection.answer(timeout: .seconds(30))
      codes[answer.stream] = answer.code
      if answer.stream == 9 { #expect(try answer.reason() == "TOO_MANY_STREAMS") }
    }
    #expect(codes[9] == 8)
    #expect([1, 3, 5, 7].allSatisfy { codes[$0] == 4 }, "\(codes)")
    var again = Self.maria
    again.replaceSubrange(4..<8, with: Wire.bigEndian(11))
    #expect(try connection.call(again).code == 0)
  }

  @Test func `over the number that may be open waits until another closes`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--max-connections", "3"])
    var open: [RawConnection] = []
    for _ in 0..<3 {
      let connection = try RawConnection(path: daemon.socketPath)
      #expect(try connection.call(Self.maria).code == 0)
      open.append(connection)
    }
    let next = try RawConnection(path: daemon.socketPath)
    try next.send(Self.maria)
    #expect(waitUntil(within: .seconds(10)) { daemon.log().contains("raise --max-connections") })
    #expect(throws: RawConnection.Failure.self) { try next.answer(timeout: .milliseconds(100)) }
    open.removeLast()
    #expect(try next.answer(timeout: .seconds(10)).code == 0)
  }
}
