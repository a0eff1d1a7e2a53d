import Testing

@testable import WorkerLink

@Suite struct `A passed connection` {
  @Test(arguments: [
    PassedConnection(isAdmin: false, lastStreamID: 0),
    PassedConnection(isAdmin: true, lastStreamID: .max, swallowedStreamIDs: [1, 3, .max]),
    PassedConnection(
      isAdmin: false, lastStreamID: 9, swallowedStreamIDs: Array(repeating: 7, count: 64)),
  ])
  func `is the same on the other side`(connection: PassedConnection) {
    #expect(PassedConnection(parsing: connection.bytes[...]) == connection)
    #expect(connection.bytes.count <= PassedConnection.byteCount)
  }

  @Test func `is nothing when cut or lengthened anywhere`() {
    let bytes = PassedConnection(isAdmin: true, lastStreamID: 5, swallowedStreamIDs: [1, 3]).bytes
    for count in 0..<bytes.count {
      #expect(PassedConnection(parsing: bytes[..<count]) == nil, "\(count)")
    }
    #expect(PassedConnection(parsing: (bytes + [0])[...]) == nil)
    #expect(PassedConnection(parsing: (bytes + [0, 0, 0, 0])[...]) == nil)
  }

  @Test(arguments: [0, 4, 8, 12])
  func `is nothing when a word of its head is another`(offset: Int) {
    var bytes = PassedConnection(isAdmin: false, lastStreamID: 5).bytes
    bytes[offset + 1] ^= 0x40
    let parsed = PassedConnection(parsing: bytes[...])
    // The stream ID may be any; all else has one meaning.
    #expect((parsed == nil) == (offset != 8))
  }

  @Test func `keeps the latest of too many swallowed streams`() {
    let connection = PassedConnection(
      isAdmin: false, lastStreamID: 201, swallowedStreamIDs: (0..<100).map { UInt32(2 * $0 + 1) })
    #expect(connection.swallowedStreamIDs.count == PassedConnection.swallowedStreams)
    #expect(connection.swallowedStreamIDs.last == 199)
  }
}
