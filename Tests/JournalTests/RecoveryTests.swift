import Foundation
@testable import Journal
import TestSupport
import Testing
import UnixSocket

@Suite struct `Recovery of a journal` {
  @Test func `at every cut keeps the whole records, cuts off the rest, and keeps a copy of it`()
    throws
  {
    let whole = try Workbench(Workbench.payloads)
    let bytes = try whole.bytes
    let records = try whole.read().records
    let ends = [UInt64(48)] + records.map(\.end)
    for count in 48...bytes.count {
      let bench = try Workbench()
      try bench.write(bytes[..<count])
      let outcome = try JournalRecovery(recovering: bench.path)
      let kept = records.filter { $0.end <= UInt64(count) }
      let end = kept.last?.end ?? 48
      #expect(outcome.records == kept.count)
      #expect(outcome.end == end)
      #expect(outcome.gaps.isEmpty)
      if ends.contains(UInt64(count)) {
        #expect(outcome.cut == nil)
      } else {
        let cut = try #require(outcome.cut)
        #expect(cut.byteCount == UInt64(count) - end)
        #expect(
          try [UInt8](Data(contentsOf: URL(filePath: cut.copy))) == Array(bytes[Int(end)..<count]))
      }
      let (left, last) = try bench.read()
      #expect(left == kept)
      #expect(last == .end)
      #expect(
        try JournalRecovery(recovering: bench.path).cut == nil, "and there is nothing to do twice")
    }
  }

  @Test func `finds every flipped bit at its record, and gives no other record than before`() throws
  {
    let whole = try Workbench(Workbench.payloads)
    let bytes = try whole.bytes
    let records = try whole.read().records
    let bench = try Workbench()
    let last = try #require(records.last)
    for bit in (48 * 8)..<(bytes.count * 8) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      try bench.write(flipped)
      let hit = try #require(records.first { $0.end > UInt64(bit / 8) })
      let outcome = try JournalRecovery(recovering: bench.path)
      if hit == last {
        #expect(outcome.cut?.offset == hit.offset, "bit \(bit)")
        #expect(outcome.gaps.isEmpty)
      } else {
        #expect(outcome.cut == nil, "bit \(bit)")
        #expect(outcome.gaps.map(\.damage.offset) == [hit.offset], "bit \(bit)")
        #expect(outcome.gaps.map(\.resumesAt) == [hit.end], "bit \(bit)")
        #expect(try bench.bytes == flipped, "what was acknowledged is not touched")
      }
      #expect(outcome.records == records.count - 1)
    }
  }

  @Test func `names damage, reads on behind it, and still cuts the torn tail`() throws {
    let whole = try Workbench(Workbench.payloads)
    var bytes = try whole.bytes
    let records = try whole.read().records
    bytes[Int(records[1].offset) + 9] ^= 0xFF
    // A length that no record has.
    bytes[Int(records[4].offset) + 3] = 0xFF
    try whole.write(bytes.dropLast(2))
    let outcome = try JournalRecovery(recovering: whole.path)
    #expect(outcome.gaps.map(\.damage.offset) == [records[1].offset, records[4].offset])
    #expect(outcome.records == records.count - 3)
    #expect(outcome.cut?.offset == records.last?.offset)
    var reader = try JournalReader(path: whole.path, from: records[1].offset)
    guard case .damaged = try reader.next() else {
      Issue.record("damage is no record")
      return
    }
    try reader.resume(at: try #require(outcome.gaps.first?.resumesAt))
    let next = try reader.next()
    #expect(next == .record(records[2]))
  }

  @Test func `of random bytes finds no record and ends`() throws {
    let bench = try Workbench([[1]])
    let bytes = try bench.bytes
    var random = SeededGenerator(seed: 32)
    for round in 0..<300 {
      let garbage = (0..<Int.random(in: 1...400, using: &random)).map { index in
        // Small numbers at the place of a length's upper bytes, so that some lengths are believed at first.
        index % 4 >= 2 && round % 2 == 0 ? 0 : UInt8.random(in: 0...255, using: &random)
      }
      try bench.write(bytes + garbage)
      let outcome = try JournalRecovery(recovering: bench.path)
      #expect(outcome.records == 1)
      #expect(outcome.cut?.byteCount == UInt64(garbage.count))
      #expect(try bench.bytes == bytes)
    }
  }

  @Test func `takes zeros behind the end for a torn tail, as some file systems leave them`() throws
  {
    let bench = try Workbench([[1]])
    try bench.write(bench.bytes + Array(repeating: 0, count: 5000))
    let outcome = try JournalRecovery(recovering: bench.path)
    #expect(outcome.cut?.byteCount == 5000)
  }

  @Test func `believes no length that the file does not have, nor one over the limit`() throws {
    let bench = try Workbench([[1]])
    let bytes = try bench.bytes
    for length in [UInt32(JournalLimits.recordBytes), UInt32(JournalLimits.recordBytes) + 1, .max] {
      var tail: [UInt8] = []
      LittleEndian.append(length, to: &tail)
      LittleEndian.append(UInt32(0), to: &tail)
      try bench.write(bytes + tail)
      var reader = try JournalReader(path: bench.path, from: UInt64(bytes.count))
      let step = try reader.next()
      if length > JournalLimits.recordBytes {
        #expect(
          step == .damaged(JournalDamage(offset: UInt64(bytes.count), reason: .length(length))))
      } else {
        #expect(step == .incomplete(byteCount: 8))
      }
    }
  }

  @Test func `that was killed behind its copy does the rest`() throws {
    let bench = try Workbench([[1], [2, 2]])
    let bytes = try bench.bytes
    let end = bytes.count - 10
    try bench.write(bytes.dropLast())
    try Data([9, 9, 9]).write(to: URL(filePath: "\(bench.path).torn-\(end)"))
    let cut = try #require(try JournalRecovery(recovering: bench.path).cut)
    #expect(cut.offset == UInt64(end))
    #expect(
      try [UInt8](Data(contentsOf: URL(filePath: cut.copy))) == Array(bytes[end...].dropLast()))
  }
}
