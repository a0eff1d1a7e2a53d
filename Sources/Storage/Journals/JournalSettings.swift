/// Where journals lie, and what becomes of their records.
public struct JournalSettings: Equatable, Sendable {
  /// Where the audit lies, and how it is kept.
  public struct Audit: Equatable, Sendable {
    /// The segments' folder.
    public var directory: String
    /// The checkpoints' file.
    public var checkpoints: String
    /// The signing key's file, made where it is missing.
    public var key: String
    /// Where the public key is written; `KEY.pub` where nothing is said.
    public var publicKey: String?
    /// When segments are sealed.
    public var segments = AuditSettings()
    /// How long sealed segments are kept, in microseconds; `nil` for ever.
    public var retentionMicroseconds: UInt64?

    /// An audit that is kept for ever.
    public init(directory: String, checkpoints: String, key: String, publicKey: String? = nil) {
      self.directory = directory
      self.checkpoints = checkpoints
      self.key = key
      self.publicKey = publicKey
    }
  }

  /// The journals' folder; made where it is missing.
  public var directory: String
  /// `nil` where records are not taken into an audit.
  public var audit: Audit?
  /// A journal that has so many bytes is followed by a new one.
  public var journalBytes: UInt64

  /// Settings: 64 MiB a journal where nothing else is said.
  public init(directory: String, audit: Audit?, journalBytes: UInt64 = 64 << 20) {
    self.directory = directory
    self.audit = audit
    self.journalBytes = journalBytes
  }
}
