@testable import Journal
import TestSupport
import Testing

@Suite struct `CRC-32C` {
  /// RFC 3720, appendix B.4; there the bytes of the checksum stand in the order in which they are sent.
  static let vectors: [([UInt8], UInt32)] = [
    (Array(repeating: 0, count: 32), 0x8A91_36AA),
    (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E),
    ((0..<32).reversed(), 0x113F_DB5C),
    (
      [
        0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0,
        0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
      ], 0xD996_3A56
    ),
    (Array("123456789".utf8), 0xE306_9283),
  ]

  @Test(arguments: vectors)
  func `is that of the standard's examples`(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(of: bytes.span.bytes) == checksum)
    #expect(CRC32C.checksumByTable(of: bytes.span.bytes) == checksum)
  }

  @Test func `is the same by instruction, by table, and in two parts`() {
    var random = SeededGenerator(seed: 3720)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let whole = CRC32C.checksum(of: bytes.span.bytes)
      #expect(CRC32C.checksumByTable(of: bytes.span.bytes) == whole)
      let cut = Int.random(in: 0...count, using: &random)
      let first = CRC32C.checksum(of: bytes.span.bytes.extracting(0..<cut))
      #expect(
        CRC32C.checksum(of: bytes.span.bytes.extracting(cut..<count), after: first) == whole)
      let table = CRC32C.checksumByTable(of: bytes.span.bytes.extracting(0..<cut))
      #expect(
        CRC32C.checksumByTable(of: bytes.span.bytes.extracting(cut..<count), after: table) == whole)
    }
  }
}
