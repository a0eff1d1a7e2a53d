/// How a snapshot lies in memory: a hash trie whose nodes never change.
///
/// A change writes the leaf and the nodes above it anew and leaves all else; the place of the new topmost node is the
/// new snapshot, and whoever reads an older one goes on undisturbed. All places are multiples of eight bytes.
///
/// | node | |
/// |---|---|
/// | 4 bytes | which of the 16 children there are, a bit each |
/// | 4 bytes a child | its place: in units of eight bytes, doubled, and 1 more where it is a leaf |
///
/// - Source: Bagwell, Ideal Hash Trees (2001); sixteen children instead of 32, since a change copies a path.
enum CatalogFormat {
  /// The first bytes, so that nothing lies at place 0.
  static let headBytes = 8
  /// Bits of the hash that one level takes.
  static let bitsPerLevel = 4
  /// Levels until the hash is used up.
  static let levels = 64 / bitsPerLevel

  /// One entry's fields, by their distance from its beginning.
  enum Leaf {
    static let hash = 0
    /// The version it is asked by; 0 for whichever is active.
    static let key = 8
    /// The version it is; 0 when none is active.
    static let version = 16
    /// Another entry with the very same hash; 0 when there is none.
    static let next = 24
    static let flags = 28
    static let idBytes = 32
    static let jsonBytes = 36
    /// Where the tree's canonical JSON is, in units of eight bytes.
    static let json = 40
    static let digest = 48
    static let id = 80
  }

  static let retired: UInt32 = 1

  /// Entries of the very same hash that are looked at.
  static let longestChain = 64

  /// The hash of a tree's ID and the version that is asked for.
  static func hash(_ id: Span<UInt8>, _ version: UInt64) -> UInt64 {
    // FNV-1a; then SplitMix64's last steps, since the trie takes the lowest bits first.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in id.indices { hash = (hash ^ UInt64(id[index])) &* 0x100_0000_01B3 }
    hash ^= version &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }

  /// Which child of a node at `level` leads to `hash`.
  static func slot(_ hash: UInt64, _ level: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> UInt64(level * bitsPerLevel)) & 15
  }

  /// Which of a node's children stands at `slot`, counted from its first.
  static func index(of slot: UInt32, in bitmap: UInt32) -> Int {
    (bitmap & ((1 << slot) - 1)).nonzeroBitCount
  }
}

/// The place of a node or an entry.
struct CatalogReference: Equatable {
  let raw: UInt32

  static let none = CatalogReference(raw: 0)

  init(raw: UInt32) { self.raw = raw }

  init(_ offset: Int, isLeaf: Bool) {
    raw = UInt32(offset / 8) << 1 | (isLeaf ? 1 : 0)
  }

  var isNone: Bool { raw == 0 }
  var isLeaf: Bool { raw & 1 == 1 }
  var offset: Int { Int(raw >> 1) * 8 }
}
