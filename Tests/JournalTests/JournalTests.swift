import Foundation
import Glibc
@testable import Journal
import TestSupport
import Testing
import UnixSocket

@Suite struct `A journal` {
  @Test(arguments: [1, 3, 100])
  func `gives back what was written, whatever the batches`(batch: Int) throws {
    let bench = try Workbench(Workbench.payloads, batch: batch)
    let (records, last) = try bench.read()
    #expect(records.map(\.bytes) == Workbench.payloads)
    #expect(last == .end)
    #expect(records.first?.offset == UInt64(JournalHeader.byteCount))
    #expect(try records.last?.end == UInt64(bench.bytes.count))
  }

  @Test func `is laid out as it is documented`() throws {
    let bench = try Workbench([Array("abc".utf8)])
    let bytes = try bench.bytes
    #expect(bytes[..<16] == [83, 70, 74, 79, 85, 82, 78, 76, 1, 0, 0, 0, 3, 0, 0, 0])
    #expect(bytes.count == 48 + 8 + 3)
    #expect(bytes[48..<52] == [3, 0, 0, 0])
    let sealed = Array(bytes[48..<52]) + Array(bytes[56...])
    #expect(
      LittleEndian.load(UInt32.self, at: 52, of: bytes) == CRC32C.checksum(of: sealed.span.bytes))
  }

  @Test func `is read from any record on, and from nowhere else outside of the file`() throws {
    let bench = try Workbench(Workbench.payloads)
    let records = try bench.read().records
    for (index, record) in records.enumerated() {
      var reader = try JournalReader(path: bench.path, from: record.offset)
      let step = try reader.next()
      #expect(step == .record(records[index]))
      let next = reader.offset
      #expect(next == record.end)
    }
    let end = try UInt64(bench.bytes.count)
    for offset in [0, 47, end + 1] {
      #expect(throws: JournalError.noSuchOffset(offset, fileBytes: end)) {
        _ = try JournalReader(path: bench.path, from: offset)
      }
    }
  }

  @Test func `is read while it is written, and half a record is no record yet`() throws {
    let whole = try Workbench(Workbench.payloads)
    let bytes = try whole.bytes
    let bench = try Workbench()
    try bench.write(bytes[..<48])
    var reader = try JournalReader(path: bench.path)
    let file = try Descriptor.open(bench.path, .append)
    var records: [[UInt8]] = []
    for byte in bytes[48...] {
      switch try reader.next() {
      case .record(let record): records.append(record.bytes)
      case .end, .incomplete: break
      case .damaged(let damage): Issue.record("\(damage)")
      }
      try file.writeAll([byte])
    }
    let last = try reader.next()
    #expect(last == .record(try #require(try whole.read().records.last)))
    #expect(records.count == Workbench.payloads.count - 1)
  }

  @Test func `is never made over another`() throws {
    let bench = try Workbench([[1]])
    #expect(
      throws: JournalError.system(SystemError(call: "link", code: EEXIST, subject: bench.path))
    ) { _ = try JournalFile.create(at: bench.path, Workbench.header) }
    #expect(try bench.read().records.map(\.bytes) == [[1]])
    #expect(try Folder.names(in: bench.folder.url.path) == ["worker-0.journal"])
  }

  @Test func `has a name of its own, that can be written and read`() throws {
    let id = JournalID.random()
    #expect(id != JournalID.random())
    #expect(JournalID(parsing: id.description.utf8) == id)
    #expect(JournalID(id.bytes[...]) == id)
    for text in ["", "0", String(repeating: "G", count: 32), String(repeating: "A", count: 32)] {
      #expect(JournalID(parsing: text.utf8) == nil)
    }
  }

  @Test func `gives its writer nothing but appending`() throws {
    let bench = try Workbench()
    let file = try JournalFile.create(at: bench.path, Workbench.header)
    var buffer: [UInt8] = [0]
    let read = file.read(into: &buffer)
    #expect(read == .failed(EBADF))
    #expect(pwrite(file.rawValue, [7], 1, 0) == 1)
    #expect(
      try bench.bytes.count == 49, "even where it asks for the beginning, it writes at the end")
  }
}

@Suite struct `A journal's header` {
  @Test func `is refused with every flipped bit, and at every cut`() throws {
    let bench = try Workbench([[1, 2, 3]])
    let bytes = try bench.bytes
    for bit in 0..<(48 * 8) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      try bench.write(flipped)
      #expect(throws: JournalError.self, "bit \(bit)") { _ = try JournalReader(path: bench.path) }
    }
    for count in 0..<48 {
      try bench.write(bytes[..<count])
      #expect(throws: JournalError.headerIncomplete(byteCount: count)) {
        _ = try JournalReader(path: bench.path)
      }
    }
  }

  @Test func `of another release is told from damage`() throws {
    let bench = try Workbench([[1]])
    var bytes = try bench.bytes
    bytes[8] = 2
    try bench.write(bytes)
    #expect(throws: JournalError.unknownVersion(2)) { _ = try JournalReader(path: bench.path) }
    try bench.write(Array(repeating: 7, count: 100))
    #expect(throws: JournalError.notAJournal) { _ = try JournalReader(path: bench.path) }
  }
}
