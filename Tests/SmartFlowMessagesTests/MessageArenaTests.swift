import Testing

@testable import SmartFlowMessages

@Suite struct `An arena` {
  private func decode(
    _ bytes: [UInt8], in arena: inout MessageArena
  ) -> MessageError? {
    do throws(MessageError) {
      try Decoder.all[0].read(bytes, &arena)
      return nil
    } catch { return error }
  }

  /// What no message has that is read in place.
  private static let unpacked = ExecutionOptions(locale: "de")

  @Test func `takes its block once, and uses it for every message after`() {
    var arena = MessageArena()
    #expect(arena.capacityBytes == 0)
    let bytes = ExecuteTreeRequestMessage(
      tree: .reference(.init(treeID: "t")), context: .structure(["a": .number(1)]), playerID: "p",
      options: Self.unpacked
    ).bytes
    #expect(decode(bytes, in: &arena) == nil)
    let capacity = arena.capacityBytes
    let used = arena.usedBytes
    #expect(used > 0 && used <= capacity)
    for _ in 0..<1_000 {
      #expect(decode(bytes, in: &arena) == nil)
      #expect(arena.usedBytes == used)
    }
    #expect(arena.capacityBytes == capacity)
    arena.reset()
    #expect(arena.usedBytes == 0)
    #expect(arena.capacityBytes == capacity)
  }

  @Test func `gives back what only a huge message needed`() {
    var arena = MessageArena()
    let huge = ExecuteTreeRequestMessage(
      tree: .json([UInt8](repeating: 0x20, count: 3 << 20)), options: Self.unpacked
    ).bytes
    #expect(decode(huge, in: &arena) == nil)
    #expect(arena.capacityBytes >= 3 << 20)
    #expect(decode([], in: &arena) == nil)
    // A message that is read in place needs no memory, and keeps none.
    #expect(arena.capacityBytes <= MessageLimits.retainedArenaBytes)
    #expect(decode(huge, in: &arena) == nil)
    arena.reset()
    #expect(arena.capacityBytes == 0)
  }

  @Test func `holds its limit to the byte`() {
    let bytes = Samples.executeTree.bytes
    var limit = 0
    // The bound is found by asking; it must be met exactly once, from below.
    var low = 0
    var high = 1 << 20
    while low < high {
      limit = (low + high) / 2
      var arena = MessageArena(limitBytes: limit)
      if decode(bytes, in: &arena) == nil { high = limit } else { low = limit + 1 }
    }
    var enough = MessageArena(limitBytes: low)
    #expect(decode(bytes, in: &enough) == nil)
    #expect(enough.usedBytes <= low)
    var tooLittle = MessageArena(limitBytes: low - 1)
    #expect(decode(bytes, in: &tooLittle) == .outOfMemory(limit: low - 1))
  }

  @Test func `a message that was refused leaves it as good as new`() {
    var arena = MessageArena()
    #expect(decode([0xFF], in: &arena) != nil)
    #expect(decode(WireBytes.field(3, WireBytes.nested(1_000, [3])), in: &arena) != nil)
    #expect(decode(Samples.executeTree.bytes, in: &arena) == nil)
  }

  /// The bound is what keeps protobuf-c's allocations from failing half-way.
  @Test func `never needs more than the check has said`() {
    var generator = SeededGenerator(state: 7)
    var decoded = 0
    for _ in 0..<2_000 {
      // Many members, so that protobuf-c's own lists come into play too.
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...80, using: &generator) {
        let part =
          switch Int.random(in: 0...5, using: &generator) {
          case 0:
            WireBytes.field(
              6, String(repeating: "x", count: Int.random(in: 0...9, using: &generator)))
          case 1:
            WireBytes.field(
              1, [UInt8](repeating: 1, count: Int.random(in: 0...9, using: &generator)))
          case 2: WireBytes.field(UInt64.random(in: 20...40, using: &generator), "unknown")
          case 3:
            WireBytes.field(
              3, WireBytes.field(5, WireBytes.field(1, "t")) + WireBytes.field(5, [] as [UInt8]))
          case 4: WireBytes.field(2, WireBytes.field(2, varint: 7))
          default: WireBytes.field(50, varint: 1)
          }
        bytes += part
      }
      var arena = MessageArena(limitBytes: 1 << 16)
      let error = decode(bytes, in: &arena)
      // Were the bound too low, protobuf-c's allocation would fail and the message be `refused`.
      #expect(error == nil || error == .outOfMemory(limit: 1 << 16))
      if error == nil { decoded += 1 }
    }
    #expect(decoded > 1_000)
  }
}
