/// Which of the catalog's snapshots is the newest: four words that the keeper shows to all workers at once.
public struct CatalogState: Equatable, Sendable {
  /// Counts the changes, from 1 for what was there at the start; never goes back.
  public var generation: UInt64
  /// Where the snapshot begins; 0 when it is empty.
  public var root: UInt32
  /// Bytes of the catalog's memory that are in use by this snapshot or one before.
  public var byteCount: UInt64
  /// Trees of which a version is active.
  public var activeTrees: UInt64

  /// A snapshot.
  public init(generation: UInt64, root: UInt32, byteCount: UInt64, activeTrees: UInt64) {
    self.generation = generation
    self.root = root
    self.byteCount = byteCount
    self.activeTrees = activeTrees
  }

  /// Words of a state.
  public static let wordCount = 4

  /// The words, as ``StatusBoard`` holds them.
  public var words: [UInt64] { [generation, UInt64(root), byteCount, activeTrees] }

  /// Reads the words, or gives `nil` when they are no state.
  public init?(words: [UInt64]) {
    guard words.count == Self.wordCount, let root = UInt32(exactly: words[1]),
      words[2] <= UInt64(Limits.catalogBytes)
    else { return nil }
    self.init(generation: words[0], root: root, byteCount: words[2], activeTrees: words[3])
  }
}
