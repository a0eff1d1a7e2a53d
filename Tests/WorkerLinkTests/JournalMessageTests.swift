import Testing

@testable import WorkerLink

@Suite struct `A message about a journal` {
  private static let id = (1...16).map { UInt8($0) }
  static let all: [JournalMessage] = [
    .journal(id: id), .noJournal, .appended(id: id, byteCount: .max), .broken(id: id),
    .synchronized(id: id, byteCount: 48), .failed(id: id),
  ]

  @Test(arguments: all) func `is the same on the other side`(message: JournalMessage) {
    #expect(JournalMessage(parsing: message.bytes[...]) == message)
  }

  @Test(arguments: all) func `is nothing when cut or lengthened`(message: JournalMessage) {
    let bytes = message.bytes
    for count in 0..<bytes.count {
      #expect(JournalMessage(parsing: bytes[..<count]) == nil, "\(count)")
    }
    #expect(JournalMessage(parsing: (bytes + [0])[...]) == nil)
  }

  @Test(arguments: all) func `is nothing when a bit of its head is another`(message: JournalMessage)
  {
    for bit in 0..<64 {
      var bytes = message.bytes
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(JournalMessage(parsing: bytes[...]) == nil, "\(bit)")
    }
  }
}
