import Testing
import UnixSocket
import WorkerLink

@Suite struct `Launch settings` {
  @Test func `are read back from their arguments`() throws {
    var settings = LaunchSettings()
    settings.workerIndex = 3
    settings.fuelUnits = 77
    settings.defaultTimeoutNanoseconds = 5
    #expect(try LaunchSettings(parsing: settings.arguments) == settings)
  }

  @Test(arguments: ["nonsense", "fuel=", "fuel=-1", "fuel=x", "colour=1", "fuel=1"])
  func `refuse an argument that is unknown, malformed or there twice`(argument: String) {
    #expect(throws: LaunchSettings.Failure.self) {
      try LaunchSettings(parsing: LaunchSettings().arguments + [argument])
    }
  }

  @Test func `refuse to be incomplete`() {
    #expect(throws: LaunchSettings.Failure.self) { try LaunchSettings(parsing: []) }
  }
}

@Suite struct `A control message` {
  @Test(arguments: [
    ControlMessage.ready, .drain(graceMilliseconds: 5000), .drain(graceMilliseconds: .max),
  ])
  func `is read back from its packet`(message: ControlMessage) {
    #expect(message.bytes.count == ControlMessage.byteCount)
    #expect(ControlMessage(parsing: message.bytes[...]) == message)
  }

  @Test func `is no packet that is cut or changed`() {
    let bytes = ControlMessage.ready.bytes
    for count in 0..<bytes.count { #expect(ControlMessage(parsing: bytes[..<count]) == nil) }
    for index in 0..<8 {
      var changed = bytes
      changed[index] ^= 0x55
      #expect(ControlMessage(parsing: changed[...]) == nil)
    }
  }
}

@Suite struct `A log record` {
  @Test func `carries lines to the keeper as they are`() {
    var packet: [UInt8] = []
    let lines = [Array(#"{"a":"é"}"#.utf8), Array("x".utf8)]
    for line in lines { #expect(LogRecord.append(line, to: &packet)) }
    #expect(LogRecord.lines(in: packet[...]).map { $0.map(Array.init) } == lines)
  }

  @Test(arguments: [
    [], Array("two\nlines".utf8), [0x1B, 0x5B],
    [UInt8](repeating: 65, count: LogRecord.lineBytes + 1),
  ])
  func `is not made of what is not one line`(line: [UInt8]) {
    var packet: [UInt8] = []
    #expect(!LogRecord.append(line, to: &packet))
    #expect(packet.isEmpty)
  }

  @Test func `that was tampered with is refused from there on`() {
    var packet: [UInt8] = []
    #expect(LogRecord.append(Array("first".utf8), to: &packet))
    let end = packet.count
    #expect(LogRecord.append(Array("second".utf8), to: &packet))
    for (index, byte) in [(end, 0x00), (end + 4, 0xFF), (end + 9, 0x0A)] as [(Int, UInt8)] {
      var changed = packet
      changed[index] = byte
      #expect(
        LogRecord.lines(in: changed[...]).map { $0.map(Array.init) } == [Array("first".utf8), nil])
    }
    #expect(LogRecord.lines(in: packet.dropLast()).last == .some(nil))
  }
}

@Suite struct `The status board` {
  @Test func `is read through a second mapping`() throws {
    let board = try StatusBoard(keeperProcessID: 7, startMicroseconds: 8, workerCount: 2)
    var worker = StatusBoard.Worker()
    worker.processID = 9
    worker.state = .serving
    worker.counters.requests = 11
    board[1] = worker
    let seen = try StatusBoard(mapping: Descriptor.duplicate(board.rawDescriptor))
    #expect(seen.keeperProcessID == 7)
    #expect(seen.workerCount == 2)
    #expect(seen[1] == worker)
    #expect(seen[0] == StatusBoard.Worker())
  }

  @Test func `has a page for each worker's counters`() throws {
    let page = try WorkerPage()
    var counters = WorkerCounters()
    counters.executions = 5
    page.counters = counters
    let seen = try WorkerPage(mapping: Descriptor.duplicate(page.rawDescriptor), isWritable: false)
    #expect(seen.counters == counters)
  }
}
