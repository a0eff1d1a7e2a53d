import Foundation
import Journal
@testable import Storage
import TestSupport
import Testing
import UnixSocket

@Suite struct `An audit log` {
  @Test func `chains its lines over segments and openings`() throws {
    let bench = try AuditBench()
    for round: UInt64 in 0..<3 {
      var log = try bench.open(at: round)
      #expect(log.lastSequence == round * 4)
      for number in 0..<4 { try log.add("\(round)-\(number)") }
      try log.commit(at: round)
      if round == 1 { try log.seal(at: round) }
    }
    #expect(try bench.lines().count == 2 + 12 + 1)
    let verdict = try bench.verify()
    #expect(verdict.isSound, "\(verdict)")
    #expect(verdict.segments == 2)
    #expect(verdict.lastSequence == 12)
    #expect(verdict.sealedSequence == 8)
  }

  @Test func `writes lines that are JSON, with the body's members among its own`() throws {
    let bench = try AuditBench()
    let journal = JournalID.random()
    var log = try bench.open()
    try log.add("Maria", AuditRecordID(journal: journal, start: 48, end: 60))
    let receipt = try log.append(body: [], recordID: nil, at: 1)
    try log.commit(at: 1)
    let objects = try bench.lines().map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects[1]["text"] as? String == "Maria")
    #expect(objects[1]["sequence"] as? Int == 1)
    #expect(objects[1]["record_id"] as? String == "\(journal):48-60")
    #expect(objects[2]["record_id"] is NSNull)
    #expect(receipt?.sequence == 2)
    let last = try #require(try bench.lines().last)
    #expect(receipt?.hash == AuditHash(of: Array(last.utf8)[...]))
  }

  @Test func `takes a record of a journal once`() throws {
    let bench = try AuditBench()
    let journal = JournalID.random()
    let first = AuditRecordID(journal: journal, start: 48, end: 60)
    let second = AuditRecordID(journal: journal, start: 60, end: 75)
    var log = try bench.open()
    try log.add("a", first)
    try log.commit(at: 1)
    let repeated = try log.append(body: [], recordID: first, at: 1)
    #expect(repeated == nil)
    try log.add("b", second)
    try log.seal(at: 1)
    let position = log.position(of: journal)
    #expect(position == 75)
    _ = consume log
    var again = try bench.open()
    for id in [first, second] {
      let receipt = try again.append(body: [], recordID: id, at: 1)
      #expect(receipt == nil)
    }
    #expect(try bench.recordIDs() == ["\(first)", "\(second)"])
  }

  @Test func `refuses a body that would be two lines`() throws {
    let bench = try AuditBench()
    var log = try bench.open()
    let body = Array("\"a\":1}\n{\"sequence\":1".utf8)
    var failure: AuditError?
    do throws(AuditError) { _ = try log.append(body: body[...], recordID: nil, at: 1) } catch {
      failure = error
    }
    #expect(failure == .unfitBody(byteCount: body.count))
  }

  @Test func `is one process's alone`() throws {
    let bench = try AuditBench()
    let log = try bench.open()
    #expect(throws: AuditError.inUse(directory: bench.directory)) { _ = try bench.open() }
    _ = consume log
    _ = try bench.open()
  }

  @Test func `seals a segment by size and by age`() throws {
    let bench = try AuditBench()
    var log = try bench.open(AuditSettings(segmentBytes: 1000, segmentMicroseconds: 100))
    for number in 0..<3 {
      try log.add("\(number)")
      try log.commit(at: 1)
    }
    #expect(try AuditFolder.segments(in: bench.directory) == [1])
    try log.commit(at: 101)
    try log.add("later", at: 101)
    try log.commit(at: 102)
    #expect(try AuditFolder.segments(in: bench.directory) == [1, 2])
    try log.add(String(repeating: "x", count: 1000))
    try log.commit(at: 103)
    try log.add("last")
    try log.commit(at: 103)
    #expect(try AuditFolder.segments(in: bench.directory) == [1, 2, 3])
    #expect(try bench.verify().isSound)
  }

  @Test func `says how far it has come, once for each time that it went on`() throws {
    let bench = try AuditBench()
    var log = try bench.open()
    let none = try log.checkpoint(at: 1)
    #expect(none == nil)
    try log.add("a")
    let first = try log.checkpoint(at: 2)
    #expect(first?.sequence == 1)
    let again = try log.checkpoint(at: 3)
    #expect(again == nil)
    try log.add("b")
    try log.seal(at: 4)
    let sealed = log.latestCheckpoint
    #expect(sealed?.isSealed == true)
    #expect(sealed?.sequence == 2)
    let verdict = try bench.verify()
    #expect(verdict.isSound)
    #expect(verdict.checkpoints == 2)
    #expect(verdict.completeness == .holds(upTo: 2))
  }

  @Test func `that lost what a checkpoint knows is not opened`() throws {
    let bench = try AuditBench()
    var log = try bench.open()
    for text in ["a", "b", "c"] { try log.add(text) }
    _ = try log.checkpoint(at: 2)
    _ = consume log
    let path = AuditFolder.path(bench.directory, segment: 1)
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    let lastLine = try #require(bytes.dropLast().lastIndex(of: 0x0A))
    try Data(bytes[...lastLine]).write(to: URL(filePath: path))
    #expect(throws: AuditError.behindCheckpoint(sequence: 3, last: 2)) { _ = try bench.open() }
    #expect(try bench.verify().missing.map(\.kind) == [.missing(3...3)])
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: AuditError.behindCheckpoint(sequence: 3, last: 0)) { _ = try bench.open() }
  }

  @Test func `whose last segment was changed is not opened, and the line is named`() throws {
    let bench = try AuditBench()
    var log = try bench.open()
    for text in ["a", "b", "c"] { try log.add(text) }
    try log.commit(at: 1)
    _ = consume log
    let path = AuditFolder.path(bench.directory, segment: 1)
    var lines = try bench.lines()
    lines[2] = lines[2].replacing(#""b""#, with: #""x""#)
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
    let byte = lines[0].utf8.count + lines[1].utf8.count + lines[2].utf8.count + 3
    #expect(throws: AuditError.damaged(path: path, line: 4, byte: byte)) { _ = try bench.open() }
  }

  @Test func `removes old segments behind a tombstone that a verification understands`() throws {
    let bench = try AuditBench()
    var log = try bench.open()
    for segment: UInt64 in 1...4 {
      for number in 0..<3 { try log.add("\(segment)-\(number)") }
      try log.seal(at: segment * 10)
    }
    let removed = try log.removeSegments(sealedBefore: 25, at: 50)
    #expect(removed == 2)
    #expect(try AuditFolder.segments(in: bench.directory) == [3, 4, 5])
    let nothing = try log.removeSegments(sealedBefore: 25, at: 51)
    #expect(nothing == 0)
    let verdict = try bench.verify()
    #expect(verdict.isSound, "\(verdict)")
    #expect(verdict.firstSequence == 7)
    #expect(verdict.lastSequence == 13)
    // Without a tombstone for it, a segment that is gone is missing.
    try FileManager.default.removeItem(atPath: AuditFolder.path(bench.directory, segment: 3))
    #expect(try bench.verify().missing.map(\.kind) == [.missingSegments(3...3)])
  }

  @Test func `names a segment that is missing in the middle`() throws {
    let bench = try AuditBench()
    var log = try bench.open()
    for segment: UInt64 in 1...3 {
      try log.add("a")
      try log.add("b")
      try log.seal(at: segment)
    }
    try FileManager.default.removeItem(atPath: AuditFolder.path(bench.directory, segment: 2))
    let verdict = try bench.verify()
    #expect(verdict.isIntact, "\(verdict)")
    #expect(verdict.missing.map(\.kind) == [.missingSegments(2...2), .missing(3...4)])
  }
}
