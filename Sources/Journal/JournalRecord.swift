/// A whole record, whose checksum was right.
public struct JournalRecord: Equatable, Sendable {
  /// Where it begins in its file.
  public let offset: UInt64
  /// What was recorded.
  public let payload: ArraySlice<UInt8>

  /// Where the next one begins.
  public var end: UInt64 { offset + UInt64(Self.prefixBytes + payload.count) }

  /// Length and checksum.
  static let prefixBytes = 8

  /// Fills in length and checksum of the record that begins at `start` and reaches to the end of `bytes`.
  static func seal(at start: Int, in bytes: inout [UInt8]) {
    LittleEndian.set(UInt32(bytes.count - start - prefixBytes), at: start, in: &bytes)
    LittleEndian.set(checksum(at: start, end: bytes.count, of: bytes), at: start + 4, in: &bytes)
  }

  /// The checksum that the record in a range of `bytes` should have.
  static func checksum(at start: Int, end: Int, of bytes: [UInt8]) -> UInt32 {
    let span = unsafe bytes.span.bytes
    let ofLength = CRC32C.checksum(of: span.extracting(start..<start + 4))
    return CRC32C.checksum(of: span.extracting(start + prefixBytes..<end), after: ofLength)
  }
}
