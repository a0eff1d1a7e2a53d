import TTRPC
import TestSupport
import Testing

@Suite struct `A boundary between frames` {
  private static let frames: [[UInt8]] = [
    frame(stream: 1, data: [1, 2, 3]), frame(stream: 3, flags: 2, data: [9]),
    frame(stream: 3, type: 3, data: [1, 2]), frame(stream: 5, data: Array(repeating: 7, count: 12)),
    frame(stream: 7), frame(stream: 9, type: 77, data: [0, 0]), frame(stream: 11, data: [4]),
  ]
  private static let boundaries = frames.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }

  /// Reads so many bytes at once, and from there on no further than asked, until a boundary.
  private func boundary(after first: Int, of bytes: [UInt8]) -> (at: Int, readings: Int) {
    var limits = ConnectionLimits()
    limits.dataBytes = 8
    var connection = ServerConnection(limits: limits)
    var pending = Array(bytes.prefix(first))
    var read = first
    for readings in 0..<8 {
      connection.takeFrames(off: &pending)
      let wanted = connection.bytesToBoundary(behind: pending.span.bytes)
      if wanted == 0 { return (read, readings) }
      pending += bytes[read..<read + wanted]
      read += wanted
    }
    return (-1, 8)
  }

  @Test func `is reached from every byte in two readings, and never passed`() {
    let bytes = Self.frames.flatMap(\.self)
    for first in 0...bytes.count {
      let (at, readings) = boundary(after: first, of: bytes)
      #expect(at == Self.boundaries.first { $0 >= first }, "from \(first)")
      #expect(readings <= 2, "from \(first)")
    }
  }

  @Test func `is where another process can go on as if nothing had happened`() {
    let bytes = Self.frames.flatMap(\.self)
    var connection = ServerConnection()
    let whole = events(of: bytes, by: &connection)
    for boundary in Self.boundaries {
      var first = ServerConnection()
      var seen = events(of: Array(bytes.prefix(boundary)), by: &first)
      var second = ServerConnection(
        lastStreamID: first.lastStreamID, swallowedStreamIDs: first.swallowedStreamIDs)
      seen += events(of: Array(bytes.dropFirst(boundary)), by: &second)
      #expect(seen == whole, "at \(boundary)")
    }
  }

  private func events(
    of bytes: [UInt8], by connection: inout ServerConnection
  ) -> [Seen] {
    var consumed = 0
    var seen: [Seen] = []
    while true {
      switch connection.next(in: bytes.span.bytes, consumed: &consumed) {
      case .needsBytes: return seen
      case .request(let streamID, let data):
        seen.append(.request(streamID, Array(bytes[data])))
        connection.finish(streamID: streamID)
      case .refusal(let streamID, let refusal): seen.append(.refusal(streamID, refusal))
      }
    }
  }
}
