public import UnixSocket
internal import WorkerLink

/// The published trees as a worker sees them: one snapshot at a time, in memory that only the keeper writes.
///
/// A lookup takes neither lock nor allocation.
public struct CatalogReader: ~Copyable {
  private let memory: SharedBytes
  /// The snapshot that is looked into.
  public private(set) var state = CatalogState(
    generation: 0, root: 0, byteCount: 0, activeTrees: 0)

  /// Maps the catalog that the keeper made.
  ///
  /// - Throws: ``SystemError`` when the kernel refuses.
  public init(mapping descriptor: consuming Descriptor) throws(SystemError) {
    memory = try SharedBytes(
      mapping: descriptor, capacity: Limits.catalogBytes, isWritable: false)
  }

  /// Goes over to another snapshot, which the keeper has shown.
  public mutating func become(_ state: CatalogState) { self.state = state }

  /// Looks a tree up.
  ///
  /// - Parameters:
  ///   - id: Its name's bytes.
  ///   - version: Which version; 0 is the active one.
  /// - Returns: What there is; `nil` when there never was such a tree, or version.
  public func find(_ id: Span<UInt8>, version: UInt64) -> CatalogEntry? {
    find(id, version: version, in: state)
  }

  /// Looks a tree up in a snapshot that this reader has gone over to, now or before: none ever changes.
  ///
  /// - Parameters:
  ///   - id: Its name's bytes.
  ///   - version: Which version; 0 is the active one.
  ///   - state: The snapshot.
  /// - Returns: As of ``find(_:version:)``.
  public func find(
    _ id: Span<UInt8>, version: UInt64, in state: CatalogState
  ) -> CatalogEntry? {
    memory.leaf(of: id, version, under: CatalogReference(raw: state.root)).map {
      memory.entry($0)
    }
  }

  /// Lends the canonical JSON of an entry of this catalog.
  public func withJSON<Result: ~Copyable>(
    of entry: CatalogEntry, _ body: (RawSpan) -> Result
  ) -> Result {
    memory.withBytes(entry.json, body)
  }

}

extension SharedBytes {
  /// The entry of a name and a version, by its place.
  func leaf(of id: Span<UInt8>, _ version: UInt64, under root: CatalogReference) -> Int? {
    let hash = CatalogFormat.hash(id, version)
    var leaf = firstLeaf(of: hash, under: root)
    // A chain is as long as hashes are equal, which nobody has seen of two.
    for _ in 0..<CatalogFormat.longestChain {
      guard let place = leaf else { return nil }
      if isLeaf(place, of: id, hash, version) { return place }
      leaf = next(of: place)
    }
    return nil
  }

  /// The entry behind another one with the very same hash.
  func next(of leaf: Int) -> Int? {
    let next = CatalogReference(raw: word(at: leaf + CatalogFormat.Leaf.next))
    return next.isNone ? nil : next.offset
  }

  /// The first entry where a hash leads to, which may be that of another hash.
  func firstLeaf(of hash: UInt64, under root: CatalogReference) -> Int? {
    var reference = root
    for level in 0...CatalogFormat.levels {
      guard !reference.isNone else { return nil }
      if reference.isLeaf { return reference.offset }
      guard level < CatalogFormat.levels else { return nil }
      let bitmap = word(at: reference.offset)
      let slot = CatalogFormat.slot(hash, level)
      guard bitmap & (1 << slot) != 0 else { return nil }
      let index = CatalogFormat.index(of: slot, in: bitmap)
      reference = CatalogReference(raw: word(at: reference.offset + 4 + 4 * index))
    }
    return nil
  }

  /// Whether the entry at a place is that of a name and a version.
  func isLeaf(_ leaf: Int, of id: Span<UInt8>, _ hash: UInt64, _ version: UInt64) -> Bool {
    guard longWord(at: leaf + CatalogFormat.Leaf.hash) == hash,
      longWord(at: leaf + CatalogFormat.Leaf.key) == version,
      Int(word(at: leaf + CatalogFormat.Leaf.idBytes)) == id.count
    else { return false }
    let start = leaf + CatalogFormat.Leaf.id
    return withBytes(start..<start + id.count) { bytes in
      for index in id.indices where bytes.byte(at: index) != id[index] { return false }
      return true
    }
  }

  func entry(_ leaf: Int) -> CatalogEntry {
    let json = CatalogReference.place(word(at: leaf + CatalogFormat.Leaf.json))
    let digest = leaf + CatalogFormat.Leaf.digest
    return CatalogEntry(
      version: longWord(at: leaf + CatalogFormat.Leaf.version),
      isRetired: word(at: leaf + CatalogFormat.Leaf.flags) & CatalogFormat.retired != 0,
      digest: Digest(
        words: (
          longWord(at: digest), longWord(at: digest + 8), longWord(at: digest + 16),
          longWord(at: digest + 24)
        )),
      json: json..<json + Int(word(at: leaf + CatalogFormat.Leaf.jsonBytes)))
  }
}

extension CatalogReference {
  /// The place of what is no node and no entry.
  static func place(_ units: UInt32) -> Int { Int(units) * 8 }
}

extension RawSpan {
  fileprivate func byte(at index: Int) -> UInt8 {
    // Safe: a byte of any content is one, and the index is checked.
    unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
  }
}
