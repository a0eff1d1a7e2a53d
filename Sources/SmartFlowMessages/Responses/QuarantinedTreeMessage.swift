/// A tree that no worker runs, because it has ended too many of them.
public struct QuarantinedTreeMessage: Equatable, Sendable {
  /// What the digest is of.
  public enum Kind: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// The tree's canonical JSON.
    case tree = 1
    /// The bytes that the tree came in.
    case source = 2
  }

  /// SHA-256, 32 bytes.
  public var digest: [UInt8]
  /// What the digest is of.
  public var kind: Kind
  /// When it was put into quarantine.
  public var since: Timestamp?
  /// How the last worker ended, in the words of ``WorkerDeathsMessage``.
  public var lastDeath: String

  /// Makes an entry.
  public init(digest: [UInt8], kind: Kind, since: Timestamp? = nil, lastDeath: String = "") {
    self.digest = digest
    self.kind = kind
    self.since = since
    self.lastDeath = lastDeath
  }

  func append(to output: inout [UInt8]) {
    Wire.bytes(1, digest, to: &output)
    Wire.integer(2, signed: Int64(kind.rawValue), to: &output)
    Wire.timestamp(3, since, to: &output)
    Wire.text(4, lastDeath, to: &output)
  }
}
