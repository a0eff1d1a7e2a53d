import TTRPC
import Testing

@Suite struct `The count of frames that have come whole` {
  /// Feeds one byte after the other; gives the count after each.
  private func counts(_ bytes: [UInt8]) -> [UInt64] {
    var limits = ConnectionLimits()
    limits.dataBytes = 8
    var connection = ServerConnection(limits: limits)
    var pending: [UInt8] = []
    return bytes.map { byte in
      pending.append(byte)
      connection.takeFrames(off: &pending)
      return connection.framesTaken
    }
  }

  @Test(arguments: [
    frame(stream: 1, data: [1, 2, 3]), frame(stream: 1), frame(stream: 2, data: [1]),
    frame(stream: 1, type: 9, data: [1, 2, 3]), frame(stream: 1, type: 9),
    frame(stream: 1, type: 3, data: [7]),
  ])
  func `goes up with a frame's last byte and with no other`(frame: [UInt8]) {
    let counts = counts(frame + frame)
    for index in counts.indices {
      #expect(counts[index] == UInt64((index + 1) / frame.count), "byte \(index)")
    }
  }

  @Test func `goes up with each message's worth of one that is thrown away`() {
    let counts = counts(frame(stream: 1, data: Array(repeating: 0, count: 8 * 5 + 3)))
    for index in counts.indices {
      let data = index + 1 - 10
      // What is left comes first: three bytes, then five times eight.
      #expect(counts[index] == (data < 3 ? 0 : UInt64(1 + (data - 3) / 8)), "byte \(index)")
    }
  }
}
