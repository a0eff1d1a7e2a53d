import Glibc
import Testing
import UnixSocket

@Suite struct `Shared words` {
  @Test func `are seen in every mapping`() throws {
    let ours = try SharedWords(creating: "test", count: 512)
    let theirs = try SharedWords(
      mapping: try ours.descriptor.duplicate(), count: 512, isWritable: true)
    #expect((0..<512).allSatisfy { theirs[$0] == 0 })
    for index in 0..<512 { ours[index] = UInt64(index) << 40 | 7 }
    #expect((0..<512).allSatisfy { theirs[$0] == UInt64($0) << 40 | 7 })
    theirs[511] = .max
    #expect(ours[511] == .max)
  }

  @Test func `outlive the one who made them`() throws {
    let copy: Descriptor
    do {
      let ours = try SharedWords(creating: "test", count: 1)
      ours[0] = 5
      copy = try ours.descriptor.duplicate()
    }
    let theirs = try SharedWords(mapping: copy, count: 1, isWritable: false)
    #expect(theirs[0] == 5)
  }

  @Test func `can't be made shorter or longer by whoever gets the file`() throws {
    let words = try SharedWords(creating: "test", count: 512)
    let copy = try words.descriptor.duplicate()
    for byteCount in [0, 4095, 8192] {
      #expect(ftruncate(copy.rawValue, byteCount) == -1)
      #expect(errno == EPERM)
    }
    words[511] = 1
    #expect(words[511] == 1)
  }

  @Test func `are written by one alone when it is said`() throws {
    let words = try SharedWords(creating: "test", count: 4, othersMayWrite: false)
    let copy = try words.descriptor.duplicate()
    #expect(throws: SystemError(call: "mmap", code: EPERM)) {
      _ = try SharedWords(
        mapping: try words.descriptor.duplicate(), count: 4, isWritable: true)
    }
    #expect(write(copy.rawValue, "12345678", 8) == -1)
    #expect(errno == EPERM)
    let reader = try SharedWords(mapping: copy, count: 4, isWritable: false)
    words[3] = 9
    #expect(reader[3] == 9)
  }

  @Test(arguments: [513, 100_000, 0])
  func `are not mapped past the file's end, nor none of them`(count: Int) throws {
    let words = try SharedWords(creating: "test", count: 512)
    #expect(throws: SystemError(call: "mmap", code: EINVAL)) {
      _ = try SharedWords(
        mapping: try words.descriptor.duplicate(), count: count, isWritable: false)
    }
  }

  @Test func `have bounds`() async {
    await #expect(processExitsWith: .failure) {
      let words = try SharedWords(creating: "test", count: 4)
      words[4] = 1
    }
    await #expect(processExitsWith: .failure) {
      let words = try SharedWords(creating: "test", count: 4)
      exit(words[-1] == 0 ? 0 : 0)
    }
  }

  @Test func `are read whole while another thread writes them`() throws {
    let words = try SharedWords(creating: "test", count: 2)
    let writer = Writer(
      try SharedWords(mapping: try words.descriptor.duplicate(), count: 2, isWritable: true))
    try SystemThread.start { writer.run() }
    var torn = 0
    while words[1] == 0 {
      let word = words[0]
      if word >> 32 != word & 0xFFFF_FFFF { torn += 1 }
    }
    #expect(torn == 0)
    #expect(words[0] == 0x0000_C34F_0000_C34F)
  }

  private final class Writer: Sendable {
    private let words: SharedWords
    init(_ words: consuming SharedWords) { self.words = words }
    func run() {
      for value: UInt64 in 0..<50_000 { words[0] = value << 32 | value }
      words[1] = 1
    }
  }
}
