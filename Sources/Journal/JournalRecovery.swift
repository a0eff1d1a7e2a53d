internal import UnixSocket

/// Makes a journal sound whose writer is gone: on start, or when its worker has died.
///
/// What stands behind the last whole record was never acknowledged, since a worker answers only when its write has
/// come back; it is cut off, and a copy is kept. Damage with whole records behind it is another matter: those were
/// acknowledged. It is named and left as it is, and readers go on behind it.
public struct JournalRecovery: Equatable, Sendable {
  /// A tail that was cut off.
  public struct Cut: Equatable, Sendable {
    /// Where the journal ends now.
    public let offset: UInt64
    /// How many bytes stood behind that.
    public let byteCount: UInt64
    /// The file that has them.
    public let copy: String
  }

  /// Damage with whole records behind it.
  public struct Gap: Equatable, Sendable {
    /// What is wrong.
    public let damage: JournalDamage
    /// Where the next whole record begins; where the file ends, when looking for one would have taken too long.
    public let resumesAt: UInt64
  }

  /// Whose journal it is.
  public let header: JournalHeader
  /// Whole records.
  public private(set) var records = 0
  /// Where the journal ends now.
  public private(set) var end: UInt64
  /// What was cut off, if anything.
  public private(set) var cut: Cut?
  /// Damaged places, the first hundred.
  public private(set) var gaps: [Gap] = []

  /// Reads a journal to its end and cuts off what is torn.
  ///
  /// - Parameters:
  ///   - path: The file. **Nobody may be writing to it.**
  ///   - offset: From where on to read: what was taken in before need not be read again.
  /// - Throws: ``JournalError`` where the file is no journal, or the kernel refuses; then nothing was cut.
  public init(recovering path: String, from offset: UInt64? = nil) throws(JournalError) {
    var reader = try JournalReader(path: path, from: offset)
    header = reader.header
    end = reader.offset
    while true {
      let damage: JournalDamage
      switch try reader.next() {
      case .record(let record):
        records += 1
        end = record.end
        continue
      case .end: return
      case .incomplete: damage = JournalDamage(offset: end, reason: .pastEnd)
      case .damaged(let found): damage = found
      }
      switch try reader.search(from: end + 1) {
      case .nothing:
        cut = try Self.cut(path, at: end)
        return
      case .record(let next):
        note(damage, resumesAt: next)
        try reader.resume(at: next)
        end = next
      case .tooLong:
        end = try reader.fileBytes()
        note(damage, resumesAt: end)
        return
      }
    }
  }

  private mutating func note(_ damage: JournalDamage, resumesAt: UInt64) {
    guard gaps.count < JournalLimits.damages else { return }
    gaps.append(Gap(damage: damage, resumesAt: resumesAt))
  }

  /// Copies what stands behind `offset` beside the file, and then cuts it off.
  ///
  /// The copy is on the disk before anything is cut; a keeper that is killed between the two does both again.
  private static func cut(_ path: String, at offset: UInt64) throws(JournalError) -> Cut {
    let copy = "\(path).torn-\(offset)"
    do throws(SystemError) {
      let source = try Descriptor.open(path, .read)
      let file = try Descriptor.open(path, .append)
      try Folder.remove(copy)
      let target = try Descriptor.open(copy, .create(mode: 0o600))
      var copied: UInt64 = 0
      while true {
        var bytes: [UInt8] = []
        try source.read(at: offset + copied, count: JournalLimits.readBytes, into: &bytes)
        if bytes.isEmpty { break }
        try target.writeAll(bytes)
        copied += UInt64(bytes.count)
      }
      try target.synchronize()
      try Folder.synchronize(Folder.containing(path))
      try file.truncate(to: offset)
      try file.synchronize()
      return Cut(offset: offset, byteCount: copied, copy: copy)
    } catch {
      throw .system(error)
    }
  }
}
