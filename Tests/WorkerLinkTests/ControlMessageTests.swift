import Testing
import WorkerLink

@Suite struct `A control message` {
  @Test(arguments: [
    ControlMessage.ready, .drain(graceMilliseconds: 0), .drain(graceMilliseconds: 5000),
    .drain(graceMilliseconds: .max), .layer(LayerReport(.landlock, .holds(7))),
    .layer(LayerReport(.seccomp, .lacking(.refused(.loadFilter, code: 22)))),
  ])
  func `is the same when its packet is read`(message: ControlMessage) {
    #expect(message.bytes.count == ControlMessage.byteCount)
    #expect(ControlMessage(parsing: message.bytes[...]) == message)
    // Also from the middle of a buffer, whose indices do not begin at zero.
    let buffer = [1, 2, 3] + message.bytes + [4]
    #expect(ControlMessage(parsing: buffer[3..<19]) == message)
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
    let messages = [
      ControlMessage.ready, .drain(graceMilliseconds: 9), .layer(LayerReport(.seccomp, .holds())),
    ]
    for message in messages {
      var bytes = message.bytes
      bytes[byte] ^= 1 << bit
      #expect(ControlMessage(parsing: bytes[...]) == nil)
    }
  }

  @Test(arguments: 8..<16)
  func `that says ready says nothing else`(byte: Int) {
    var bytes = ControlMessage.ready.bytes
    bytes[byte] = 1
    #expect(ControlMessage(parsing: bytes[...]) == nil)
  }
}
