import Foundation
import Storage
import TestSupport
import Testing

@Suite struct `An audit's verification` {
  /// All bytes and more records where `SMARTFLOW_AUDIT_ATTACKS` is `all`; some of them else.
  private static let isWhole =
    ProcessInfo.processInfo.environment["SMARTFLOW_AUDIT_ATTACKS"] == "all"
  private static let records = isWhole ? 1000 : 24
  private static let step = isWhole ? 1 : 5

  private let folder: TemporaryFolder
  private let attacks: AuditAttacks

  init() throws {
    folder = try TemporaryFolder()
    attacks = try AuditAttacks(in: folder.url, records: Self.records)
  }

  private func expectAll(_ count: AuditAttacks.Count, _ comment: Comment) {
    #expect(count.tried > 0, comment)
    #expect(count.found == count.tried, comment)
    #expect(count.placed == count.tried, comment)
  }

  @Test func `finds nothing where nothing was done`() throws {
    let verdict = try attacks.verify(attacks.bytes, withCheckpoints: true)
    #expect(verdict.isSound, "\(verdict)")
    #expect(verdict.completeness == .holds(upTo: UInt64(Self.records)))
    #expect(verdict.records == UInt64(Self.records))
    #expect(verdict.sealedSequence == UInt64(Self.records))
    #expect(try attacks.verify(attacks.bytes).completeness == .unproven)
  }

  @Test func `finds every changed byte, in its line`() throws {
    expectAll(try attacks.changedBytes(stride: Self.step) { $0 ^ 1 }, "a flipped bit")
    expectAll(try attacks.changedBytes(stride: Self.step * 2 + 1) { _ in 0x0A }, "a line break")
  }

  @Test func `finds every line break that is none any more`() throws {
    expectAll(try attacks.changedBytes { $0 == 0x0A ? 0x0B : $0 }, "a line break changed")
  }

  @Test func `finds every removed line`() throws {
    expectAll(try attacks.removedLines(), "removed")
  }

  @Test func `finds every two neighbours that were swapped`() throws {
    expectAll(try attacks.swappedLines(), "swapped")
  }

  @Test func `finds every inserted record`() throws {
    expectAll(try attacks.insertedRecords(), "inserted")
  }

  @Test func `finds every cut, given the checkpoint`() throws {
    expectAll(try attacks.cutTails(), "cut")
  }

  @Test func `finds a segment that was written anew without the key`() throws {
    expectAll(try attacks.rewrittenSegments(), "rewritten")
  }

  @Test func `finds every changed byte of a checkpoint`() throws {
    let url = URL(filePath: attacks.checkpoints)
    let bytes = try [UInt8](Data(contentsOf: url))
    for offset in bytes.indices.dropLast() {
      var changed = bytes
      changed[offset] ^= 1
      try Data(changed).write(to: url)
      let verdict = try attacks.verify(attacks.bytes, withCheckpoints: true)
      #expect(verdict.integrity.contains { $0.segment == 0 && $0.line == 1 }, "byte \(offset)")
    }
  }

  @Test func `by another key trusts nothing`() throws {
    let other = folder.path("other.key")
    _ = try AuditKey(path: other)
    let verdict = try AuditVerifier.verify(
      directory: attacks.directory, publicKey: try AuditPublicKey(path: other + ".pub"),
      checkpoints: attacks.checkpoints)
    #expect(verdict.integrity.map(\.kind) == [.badSignature, .badSignature])
  }
}
