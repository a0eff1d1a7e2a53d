import TTRPC
import Testing

@Suite struct `A status code` {
  @Test func `has the name and the number that gRPC gives it`() {
    let names = [
      "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
      "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
      "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
    #expect((0..<17).map { StatusCode(rawValue: $0)?.name } == names)
    #expect(StatusCode.allCases.count == names.count)
  }
}

@Suite struct `A refusal` {
  /// A refusal, its code and reason, and what its sentence holds: the numbers, and what to do.
  static let refusals: [(Refusal, StatusCode, String?, [String])] = [
    (.evenStreamID, .invalidArgument, nil, ["odd", "1, 3, 5"]),
    (.streamIDNotIncreasing(last: 41), .invalidArgument, nil, ["41", "give each call a new one"]),
    (
      .messageTooLarge(dataByteCount: 4_194_305, limit: 4_194_304), .resourceExhausted,
      "MESSAGE_TOO_LARGE", ["4194305", "4194304", "send less"]
    ),
    (.tooManyStreams(limit: 256), .resourceExhausted, "TOO_MANY_STREAMS", ["256", "wait"]),
    (.streamingUnsupported, .unimplemented, nil, ["one frame"]),
    (.streamNotOpen, .invalidArgument, nil, ["begin a call"]),
  ]

  @Test(arguments: refusals.indices)
  func `says its code, its reason and the way out`(index: Int) {
    let (refusal, code, reason, parts) = Self.refusals[index]
    #expect(refusal.code == code)
    #expect(refusal.reason == reason)
    for part in parts {
      #expect(refusal.description.contains(part), "\(refusal)")
    }
  }
}

@Suite struct `A frame's header` {
  @Test func `is the ten bytes that it is read from`() throws {
    let header = FrameHeader(
      dataByteCount: 0x0102_0304, streamID: 0x8586_8788, type: .response, flags: [.remoteClosed])
    var bytes: [UInt8] = [0xAA]
    header.append(to: &bytes)
    #expect(bytes == [0xAA, 1, 2, 3, 4, 0x85, 0x86, 0x87, 0x88, 2, 1])
    #expect(FrameHeader(parsing: bytes.span.bytes, at: 1) == header)
    #expect(FrameHeader(parsing: bytes.span.bytes, at: 2) == nil)
  }
}
