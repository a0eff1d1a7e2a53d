/// A place where a journal is not what its writer wrote.
public struct JournalDamage: Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// A length that no record has.
    case length(UInt32)
    /// A checksum that is not the record's.
    case checksum(stored: UInt32, computed: UInt32)
    /// A record that would reach past the file's end, with whole ones inside it.
    case pastEnd
  }

  /// Where the record begins that should be whole.
  public let offset: UInt64
  /// What is wrong with it.
  public let reason: Reason

  /// One sentence.
  public var description: String {
    switch reason {
    case .length(let length): "the record at byte \(offset) says that it has \(length) bytes"
    case .checksum(let stored, let computed):
      "the record at byte \(offset) has checksum \(computed) and says \(stored)"
    case .pastEnd:
      "the record at byte \(offset) says that it reaches past the file's end, and others begin before"
    }
  }
}
