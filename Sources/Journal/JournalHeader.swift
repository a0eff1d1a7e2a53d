/// How a journal's file begins: 48 bytes that never change.
///
/// Magic `SFJOURNL`, format version u32, worker's index u32, time of creation u64, ID, four zero bytes, and the
/// CRC-32C of all before it; numbers are little-endian.
public struct JournalHeader: Equatable, Sendable {
  /// Which worker writes the journal, from 0.
  public let workerIndex: UInt32
  /// When the file was made, in microseconds since 1970.
  public let createdMicroseconds: UInt64
  /// The journal's name.
  public let id: JournalID

  /// The header's length in bytes: where the first record begins.
  public static let byteCount = 48

  private static let magic = Array("SFJOURNL".utf8)
  private static let version: UInt32 = 1

  /// The header of a journal that is about to be made.
  public init(workerIndex: UInt32, createdMicroseconds: UInt64, id: JournalID = .random()) {
    self.workerIndex = workerIndex
    self.createdMicroseconds = createdMicroseconds
    self.id = id
  }

  /// Reads a file's first bytes.
  ///
  /// - Throws: ``JournalError`` with what is wrong.
  init(parsing bytes: [UInt8]) throws(JournalError) {
    guard bytes.count >= Self.byteCount else { throw .headerIncomplete(byteCount: bytes.count) }
    guard bytes[..<8] == Self.magic[...] else { throw .notAJournal }
    let version = LittleEndian.load(UInt32.self, at: 8, of: bytes)
    guard version == Self.version else { throw .unknownVersion(version) }
    let reserved = LittleEndian.load(UInt32.self, at: 40, of: bytes)
    let checksum = unsafe CRC32C.checksum(of: bytes.span.bytes.extracting(0..<44))
    guard checksum == LittleEndian.load(UInt32.self, at: 44, of: bytes), reserved == 0 else {
      throw .headerDamaged
    }
    workerIndex = LittleEndian.load(UInt32.self, at: 12, of: bytes)
    createdMicroseconds = LittleEndian.load(UInt64.self, at: 16, of: bytes)
    id = JournalID(bytes[24..<40])
  }

  /// The bytes.
  var bytes: [UInt8] {
    var bytes = Self.magic
    LittleEndian.append(Self.version, to: &bytes)
    LittleEndian.append(workerIndex, to: &bytes)
    LittleEndian.append(createdMicroseconds, to: &bytes)
    bytes += id.bytes
    LittleEndian.append(UInt32(0), to: &bytes)
    let checksum = unsafe CRC32C.checksum(of: bytes.span.bytes)
    LittleEndian.append(checksum, to: &bytes)
    return bytes
  }
}
