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

@Suite struct `Words that belong together` {
  @Test func `are seen as one change left them`() throws {
    let words = try SharedWords(creating: "test", count: 16)
    var sequence: UInt64 = 0
    words.publish([1, 2, 3].span, at: 4, sequence: &sequence)
    #expect(sequence == 2)
    var seen = words.snapshot(of: 3, at: 4)
    #expect(seen?.sequence == 2)
    #expect(seen?.values == [1, 2, 3])
    // Fewer words leave the others as they are.
    words.publish([9].span, at: 4, sequence: &sequence)
    seen = words.snapshot(of: 3, at: 4)
    #expect(seen?.sequence == 4)
    #expect(seen?.values == [9, 2, 3])
    #expect(words[3] == 0 && words[8] == 0)
  }

  @Test func `are not seen while one change is under way, and nobody waits for its end`() throws {
    let words = try SharedWords(creating: "test", count: 4)
    words[0] = 7
    #expect(words.snapshot(of: 3, at: 0) == nil)
    words[0] = 8
    #expect(words.snapshot(of: 3, at: 0)?.sequence == 8)
  }

  @Test func `are never seen half changed, however fast they change`() throws {
    let words = try SharedWords(creating: "test", count: 16)
    let theirs = try SharedWords(
      mapping: try words.descriptor.duplicate(), count: 16, isWritable: false)
    let isOver = try SharedWords(creating: "test", count: 1)
    let stop = try SharedWords(
      mapping: try isOver.descriptor.duplicate(), count: 1, isWritable: false)
    try SystemThread.start {
      var sequence: UInt64 = 0
      while stop[0] == 0 {
        let value = sequence &* 0x9E37_79B9_7F4A_7C15
        words.publish([value, value, value, value, value, value].span, at: 0, sequence: &sequence)
      }
    }
    var seen: Set<UInt64> = []
    var torn = 0
    let end = ContinuousClock.now + .seconds(60)
    while seen.count < 20, ContinuousClock.now < end {
      guard let (_, values) = theirs.snapshot(of: 6, at: 0) else { continue }
      if Set(values).count != 1 { torn += 1 }
      seen.insert(values[0])
    }
    isOver[0] = 1
    #expect(torn == 0)
    #expect(seen.count >= 20)
  }
}
