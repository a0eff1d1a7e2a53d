import TTRPC
import TestSupport
import Testing

/// A frame as it goes over the wire.
func frame(
  stream: UInt32, type: UInt8 = 1, flags: UInt8 = 0, data: [UInt8] = [], announce: UInt32? = nil
) -> [UInt8] {
  var bytes: [UInt8] = []
  for word in [announce ?? UInt32(data.count), stream] {
    for shift in [24, 16, 8, 0] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
  return bytes + [type, flags] + data
}

/// What a connection said, with the data of requests copied out.
enum Seen: Equatable {
  case request(UInt32, [UInt8])
  case refusal(UInt32, Refusal)
}

/// Feeds bytes in pieces, as a loop would: what is not consumed stays in front of the next piece.
func events(
  of pieces: [[UInt8]], limits: ConnectionLimits = ConnectionLimits(), finishing: Bool = true
) -> [Seen] {
  var connection = ServerConnection(limits: limits)
  var buffer: [UInt8] = []
  var seen: [Seen] = []
  for piece in pieces {
    buffer += piece
    var consumed = 0
    reading: while true {
      switch connection.next(in: buffer.span.bytes, consumed: &consumed) {
      case .needsBytes: break reading
      case .request(let streamID, let data):
        seen.append(.request(streamID, Array(buffer[data])))
        if finishing { connection.finish(streamID: streamID) }
      case .refusal(let streamID, let refusal): seen.append(.refusal(streamID, refusal))
      }
    }
    buffer.removeFirst(consumed)
  }
  return seen
}

extension ServerConnection {
  /// Takes all whole frames off bytes that have come, and answers each request at once.
  mutating func takeFrames(off pending: inout [UInt8]) {
    var consumed = 0
    reading: while true {
      switch next(in: pending.span.bytes, consumed: &consumed) {
      case .needsBytes: break reading
      case .request(let streamID, _): finish(streamID: streamID)
      case .refusal: break
      }
    }
    pending.removeFirst(consumed)
  }
}

@Suite struct `A server's connection` {
  private static let small: ConnectionLimits = {
    var limits = ConnectionLimits()
    limits.dataBytes = 8
    return limits
  }()

  @Test(arguments: [
    (frame(stream: 2), [Seen.refusal(2, .evenStreamID)]),
    (frame(stream: 0), [.refusal(0, .evenStreamID)]),
    (
      frame(stream: 3) + frame(stream: 3) + frame(stream: 1) + frame(stream: 5),
      [
        .request(3, []), .refusal(3, .streamIDNotIncreasing(last: 3)),
        .refusal(1, .streamIDNotIncreasing(last: 3)), .request(5, []),
      ]
    ),
    (frame(stream: 2) + frame(stream: 1), [.refusal(2, .evenStreamID), .request(1, [])]),
    (frame(stream: 1, type: 9, data: [1, 2]) + frame(stream: 1), [.request(1, [])]),
    (frame(stream: 1, type: 2, data: [1, 2]) + frame(stream: 1), [.request(1, [])]),
    (frame(stream: 1, type: 3, data: [8, 1]), [.refusal(1, .streamNotOpen)]),
    (
      frame(stream: 1, flags: 2) + frame(stream: 1, type: 3, data: [7])
        + frame(stream: 1, type: 3, flags: 1) + frame(stream: 1, type: 3) + frame(stream: 3),
      [.refusal(1, .streamingUnsupported), .refusal(1, .streamNotOpen), .request(3, [])]
    ),
    (
      frame(stream: 1, data: [UInt8](repeating: 0, count: 9)) + frame(stream: 3, data: [7]),
      [.refusal(1, .messageTooLarge(dataByteCount: 9, limit: 8)), .request(3, [7])]
    ),
    (
      frame(stream: 2, data: [UInt8](repeating: 0, count: 9)) + frame(stream: 3),
      [.refusal(2, .evenStreamID), .request(3, [])]
    ),
    (
      frame(stream: 1, data: [UInt8](repeating: 5, count: 8)),
      [.request(1, [5, 5, 5, 5, 5, 5, 5, 5])]
    ),
    (
      frame(stream: 1, announce: .max),
      [.refusal(1, .messageTooLarge(dataByteCount: .max, limit: 8))]
    ),
    (
      frame(stream: .max) + frame(stream: 1),
      [.request(.max, []), .refusal(1, .streamIDNotIncreasing(last: .max))]
    ),
  ])
  func `says the same of bytes however they are cut`(bytes: [UInt8], wanted: [Seen]) {
    #expect(events(of: [bytes], limits: Self.small) == wanted)
    #expect(events(of: bytes.map { [$0] }, limits: Self.small) == wanted)
    for cut in 0...bytes.count {
      let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(events(of: pieces, limits: Self.small) == wanted)
    }
  }

  @Test func `refuses more calls than may be in flight, and goes on when one is answered`() {
    var limits = ConnectionLimits()
    limits.streamsInFlight = 2
    var connection = ServerConnection(limits: limits)
    let bytes = frame(stream: 1) + frame(stream: 3) + frame(stream: 5) + frame(stream: 7)
    var consumed = 0
    #expect(
      connection.next(in: bytes.span.bytes, consumed: &consumed)
        == .request(streamID: 1, data: 10..<10))
    #expect(
      connection.next(in: bytes.span.bytes, consumed: &consumed)
        == .request(streamID: 3, data: 20..<20))
    #expect(
      connection.next(in: bytes.span.bytes, consumed: &consumed)
        == .refusal(streamID: 5, .tooManyStreams(limit: 2)))
    connection.finish(streamID: 1)
    #expect(
      connection.next(in: bytes.span.bytes, consumed: &consumed)
        == .request(streamID: 7, data: 40..<40))
  }

  @Test func `buffers nothing of a message that is thrown away`() {
    var connection = ServerConnection(limits: Self.small)
    var consumed = 0
    let head = frame(stream: 1, announce: 1000)
    _ = connection.next(in: head.span.bytes, consumed: &consumed)
    #expect(connection.next(in: head.span.bytes, consumed: &consumed) == .needsBytes(atLeast: 1))
    #expect(consumed == head.count)
    let part = [UInt8](repeating: 0, count: 400)
    consumed = 0
    #expect(connection.next(in: part.span.bytes, consumed: &consumed) == .needsBytes(atLeast: 1))
    #expect(consumed == 400)
    #expect(connection.isSkipping)
  }

  @Test func `survives random bytes`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let count = Int.random(in: 0..<200, using: &generator)
      // Small numbers, so that frames begin and end within what is there.
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...3, using: &generator) }
      let whole = events(of: [bytes], limits: Self.small)
      #expect(whole == events(of: bytes.map { [$0] }, limits: Self.small))
    }
  }
}

@Suite struct `A client's connection` {
  @Test func `numbers calls with odd numbers, and ends when they are used up`() {
    var connection = ClientConnection()
    #expect(connection.open() == 1)
    #expect(connection.open() == 3)
    #expect(connection.inFlight == 2)
  }

  @Test func `gives answers in whatever order, once, and skips those it gave up`() {
    var connection = ClientConnection()
    for _ in 0..<3 { _ = connection.open() }
    connection.abandon(3)
    let bytes =
      frame(stream: 5, type: 2, data: [5]) + frame(stream: 3, type: 2, data: [3])
      + frame(stream: 5, type: 2) + frame(stream: 9, type: 2) + frame(stream: 1, type: 2, data: [1])
    for pieces in [[bytes], bytes.map { [$0] }] {
      var connection = connection
      var buffer: [UInt8] = []
      var seen: [UInt32] = []
      for piece in pieces {
        buffer += piece
        var consumed = 0
        while case .response(let streamID, _) = connection.next(
          in: buffer.span.bytes, consumed: &consumed)
        {
          seen.append(streamID)
        }
        buffer.removeFirst(consumed)
      }
      #expect(seen == [5, 1])
    }
  }

  @Test func `counts a call that was given up until its answer has come`() {
    var connection = ClientConnection()
    for _ in 0..<3 { _ = connection.open() }
    connection.abandon(3)
    connection.abandon(3)
    connection.abandon(9)
    #expect((connection.inFlight, connection.unanswered) == (2, 3))
    let bytes = frame(stream: 3, type: 2, data: [3]) + frame(stream: 1, type: 2, data: [1])
    var consumed = 0
    while case .response = connection.next(in: bytes.span.bytes, consumed: &consumed) {}
    #expect((connection.inFlight, connection.unanswered) == (1, 1))
  }

  @Test func `throws an answer away that is too long, and says whose it was`() {
    var limits = ConnectionLimits()
    limits.dataBytes = 4
    var connection = ClientConnection(limits: limits)
    _ = connection.open()
    let bytes = frame(stream: 1, type: 2, data: [1, 2, 3, 4, 5])
    var consumed = 0
    #expect(
      connection.next(in: bytes.span.bytes, consumed: &consumed)
        == .responseTooLarge(streamID: 1, dataByteCount: 5))
  }
}

@Suite struct `A frame` {
  @Test func `is written in place behind what is there`() {
    var output: [UInt8] = [9]
    let start = FrameWriter.beginFrame(in: &output)
    output += [1, 2, 3]
    FrameWriter.endFrame(startingAt: start, type: .response, streamID: 7, in: &output)
    #expect(output == [9] + frame(stream: 7, type: 2, data: [1, 2, 3]))
    let header = output.dropFirst()
    let bytes = Array(header)
    #expect(
      FrameHeader(parsing: bytes.span.bytes)
        == FrameHeader(dataByteCount: 3, streamID: 7, type: .response))
  }

  @Test(arguments: 0..<10)
  func `needs ten bytes`(count: Int) {
    let bytes = [UInt8](repeating: 0, count: count)
    #expect(FrameHeader(parsing: bytes.span.bytes) == nil)
  }
}
