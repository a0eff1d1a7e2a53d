public import WorkerLink

/// A published tree as the catalog has it.
public struct CatalogEntry: Equatable, Sendable {
  /// The version; 0 when it is the active one that was asked for, and there is none.
  public var version: UInt64
  /// Whether nobody may run it any more.
  public var isRetired: Bool
  /// SHA-256 of the canonical JSON.
  public var digest: Digest
  /// Where the canonical JSON lies in the catalog's memory.
  public var json: Range<Int>
}
