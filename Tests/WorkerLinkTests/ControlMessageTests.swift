import Testing
import WorkerLink

@Suite struct `A control message` {
  private static let digest = Digest(words: (1, .max, 0x0102_0304_0506_0708, 4))

  @Test(arguments: [
    ControlMessage.ready, .handOver(graceMilliseconds: 5000), .drain(graceMilliseconds: 0),
    .drain(graceMilliseconds: 5000),
    .drain(graceMilliseconds: .max), .layer(LayerReport(.landlock, .holds(7))),
    .layer(LayerReport(.seccomp, .lacking(.refused(.loadFilter, code: 22)))), .awake,
    .lifted(request: 0, wasThere: true), .lifted(request: .max, wasThere: false),
    .addMetricsUp(request: 7), .wantDrain(request: .max), .done(request: 0, isDone: true),
    .done(request: .max, isDone: false),
  ])
  func `is the same when its packet is read`(message: ControlMessage) {
    #expect(message.bytes.count == ControlMessage.byteCount)
    #expect(ControlMessage(parsing: message.bytes[...]) == message)
    // Also from the middle of a buffer, whose indices do not begin at zero.
    let buffer = [1, 2, 3] + message.bytes + [4]
    #expect(ControlMessage(parsing: buffer[3..<19]) == message)
  }

  @Test func `that lifts a quarantine carries the digest`() {
    let message = ControlMessage.liftQuarantine(request: 5, Self.digest)
    let bytes = message.bytes
    #expect(bytes.count == ControlMessage.longestByteCount)
    #expect(ControlMessage(parsing: bytes[...]) == message)
    #expect(ControlMessage(parsing: ([7] + bytes + [8])[1..<49]) == message)
    for count in 0..<bytes.count { #expect(ControlMessage(parsing: bytes[..<count]) == nil) }
    #expect(ControlMessage(parsing: (bytes + [0])[...]) == nil)
  }

  @Test(arguments: LogLevel.allCases)
  func `that changes the level of the log carries it, and for how long`(level: LogLevel) {
    for time in [0, 1, LogLevelChange.longestMilliseconds] {
      let message = ControlMessage.setLogLevel(
        request: 5, LogLevelChange(level, milliseconds: time))
      let bytes = message.bytes
      #expect(ControlMessage(parsing: bytes[...]) == message)
      for count in 0..<bytes.count { #expect(ControlMessage(parsing: bytes[..<count]) == nil) }
      #expect(ControlMessage(parsing: (bytes + [0])[...]) == nil)
    }
    // No level, and a time that is longer than any.
    for word: UInt64 in [0, 8, 0xFF, (LogLevelChange.longestMilliseconds + 1) << 8 | 1] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
      let head = ControlMessage.setLogLevel(request: 5, LogLevelChange(.info)).bytes.prefix(16)
      #expect(ControlMessage(parsing: head + bytes) == nil)
    }
  }

  @Test func `with a digest where none belongs is none`() {
    for message in [ControlMessage.ready, .awake, .lifted(request: 1, wasThere: true)] {
      #expect(ControlMessage(parsing: (message.bytes + Self.digest.bytes)[...]) == nil)
    }
  }

  @Test func `lies on the channel as it is written down`() {
    #expect(
      ControlMessage.ready.bytes == Array("KLFS".utf8) + [1] + [UInt8](repeating: 0, count: 11))
    #expect(
      ControlMessage.drain(graceMilliseconds: 0x0102_0304_0506_0708).bytes
        == Array("KLFS".utf8) + [2, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(
      ControlMessage.layer(LayerReport(.landlock, .lacking(.refused(.restrictSelf, code: 1)))).bytes
        == Array("KLFS".utf8) + [8, 0, 0, 0, 9, 3, 13, 0, 1, 0, 0, 0])
  }

  @Test func `that is cut or too long is none`() {
    let bytes = ControlMessage.drain(graceMilliseconds: 7).bytes
    for count in 0..<bytes.count { #expect(ControlMessage(parsing: bytes[..<count]) == nil) }
    #expect(ControlMessage(parsing: (bytes + [0])[...]) == nil)
  }

  @Test(arguments: 0..<8, 0..<8)
  func `with one bit of its head turned is never taken for another`(byte: Int, bit: UInt8) {
    let messages: [ControlMessage] = [
      .ready, .drain(graceMilliseconds: 9), .layer(LayerReport(.seccomp, .holds())),
      .handOver(graceMilliseconds: 9), .awake, .lifted(request: 1, wasThere: true),
      .lifted(request: 1, wasThere: false), .liftQuarantine(request: 1, Self.digest),
      .addMetricsUp(request: 1), .wantDrain(request: 1), .done(request: 1, isDone: true),
      .done(request: 1, isDone: false), .setLogLevel(request: 1, LogLevelChange(.debug)),
    ]
    for message in messages {
      var bytes = message.bytes
      bytes[byte] ^= 1 << bit
      #expect(ControlMessage(parsing: bytes[...]) == nil)
    }
  }

  @Test(arguments: 8..<16, [ControlMessage.ready, .awake])
  func `that says one thing says nothing else`(byte: Int, message: ControlMessage) {
    var bytes = message.bytes
    bytes[byte] = 1
    #expect(ControlMessage(parsing: bytes[...]) == nil)
  }
}
