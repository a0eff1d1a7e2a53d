import Testing

@testable import WorkerLink

@Suite struct `A message about an idempotency key` {
  private static let key = Digest(words: (1, 2, 3, .max))
  private static let asked = Digest(words: (5, 6, 7, 8))
  static let all = KeyMessage.Kind.allCases.map {
    KeyMessage(
      $0, request: .max, key: key, asked: asked, microseconds: 1 << 60,
      answer: $0 == .replayed || $0 == .recorded ? [1, 2, 3] : [])
  }

  @Test(arguments: all) func `is the same on the other side`(message: KeyMessage) {
    #expect(KeyMessage(parsing: message.bytes[...]) == message)
  }

  @Test(arguments: all) func `is nothing when its head is cut`(message: KeyMessage) {
    for count in 0..<88 {
      #expect(KeyMessage(parsing: message.bytes[..<count]) == nil, "\(count)")
    }
  }

  @Test func `is nothing when its answer is too long`() {
    var message = KeyMessage(.recorded, request: 1, key: Self.key, asked: Self.asked)
    message.answer = [UInt8](repeating: 1, count: KeyMessage.answerBytes)
    #expect(KeyMessage(parsing: message.bytes[...]) == message)
    message.answer.append(1)
    #expect(KeyMessage(parsing: message.bytes[...]) == nil)
  }

  @Test(arguments: all) func `is nothing when a bit of its magic or kind is another`(
    message: KeyMessage
  ) {
    for bit in 0..<64 {
      var bytes = message.bytes
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(KeyMessage(parsing: bytes[...]) == nil, "\(bit)")
    }
  }
}
