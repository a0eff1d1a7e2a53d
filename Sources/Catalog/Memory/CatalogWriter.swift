public import UnixSocket
public import WorkerLink

/// The published trees as the keeper writes them, for all workers to read.
///
/// Nothing that was written changes any more, so a change is made beside what is in use, and shown by its
/// ``state`` when all of it stands.
public struct CatalogWriter: ~Copyable, Sendable {
  private let memory: SharedBytes
  /// The snapshot with all changes so far.
  public private(set) var state = CatalogState(
    generation: 0, root: 0, byteCount: UInt64(CatalogFormat.headBytes), activeTrees: 0)
  /// Bytes that the file has.
  private var fileBytes = 0

  /// Why a change can't be written.
  public enum Failure: Error, Equatable, Sendable {
    /// All that a catalog may hold is in use.
    case full
    /// The kernel refused.
    case system(SystemError)
  }

  /// Makes an empty catalog.
  ///
  /// - Throws: ``SystemError`` when the kernel refuses.
  public init() throws(SystemError) {
    memory = try SharedBytes(
      creating: "smartflow-catalog", byteCount: 0, capacity: Limits.catalogBytes,
      othersMayWrite: false)
  }

  /// Makes a catalog of all versions that there are.
  ///
  /// The trie is made in one go of entries in its own order: a node each and no node twice, half the memory and a third
  /// of the time of one change after the other.
  ///
  /// - Parameter each: Gives one version after the other to the closure that it is given.
  /// - Returns: The catalog.
  /// - Throws: ``Failure`` when there is no room, and whatever `each` throws.
  public static func load<Other: Error>(
    _ each: ((_ version: PublishedVersion) -> Void) throws(Other) -> Void
  ) throws(LoadFailure<Other>) -> CatalogWriter {
    var catalog: CatalogWriter
    do throws(SystemError) {
      catalog = try CatalogWriter()
    } catch {
      throw .catalog(.system(error))
    }
    var leaves: [CatalogLeaf] = []
    var failure: Failure?
    do throws(Other) {
      try each { version in
        guard failure == nil else { return }
        do throws(Failure) { try catalog.add(version, to: &leaves) } catch { failure = error }
      }
    } catch {
      throw .source(error)
    }
    do throws(Failure) {
      if let failure { throw failure }
      leaves.sort { $0.order < $1.order }
      catalog.state.root = try catalog.tree(of: leaves[...], level: 0).raw
    } catch {
      throw .catalog(error)
    }
    return catalog
  }

  /// Why a catalog can't be made of what there is.
  public enum LoadFailure<Other: Error>: Error {
    /// The catalog can't hold it.
    case catalog(Failure)
    /// It can't be read.
    case source(Other)
  }

  private mutating func add(
    _ version: PublishedVersion, to leaves: inout [CatalogLeaf]
  ) throws(Failure) {
    guard let digest = Digest(parsing: version.digest) else { return }
    var content = Content(
      version: version.version, digest: digest, jsonBytes: version.json.count)
    content.isRetired = version.isRetired
    content.json = version.isRetired ? 0 : try append(version.json)
    let id = Array(version.treeID.text.utf8)
    for key in version.isActive ? [version.version, 0] : [version.version] {
      let hash = CatalogFormat.hash(id.span, key)
      let leaf = try append(leafBytes(id, hash, key, content, next: .none))
      leaves.append(CatalogLeaf(hash: hash, offset: Int(leaf) * 8))
    }
    if version.isActive { state.activeTrees += 1 }
    state.generation += 1
  }

  /// Writes the nodes above entries in the trie's order.
  ///
  /// As deep as the trie: a level for each four bits of a hash.
  private mutating func tree(
    of leaves: ArraySlice<CatalogLeaf>, level: Int
  ) throws(Failure) -> CatalogReference {
    guard let first = leaves.first, let last = leaves.last else { return .none }
    if first.order == last.order { return try chain(leaves) }
    var bitmap: UInt32 = 0
    var children: [CatalogReference] = []
    var rest = leaves
    while let next = rest.first {
      let slot = CatalogFormat.slot(next.hash, level)
      let end = rest.firstIndex { CatalogFormat.slot($0.hash, level) != slot } ?? rest.endIndex
      bitmap |= 1 << slot
      children.append(try tree(of: rest[..<end], level: level + 1))
      rest = rest[end...]
    }
    return try append(node: bitmap, children: children)
  }

  /// One entry, or several of the very same hash, each with the place of the one before.
  private mutating func chain(
    _ leaves: ArraySlice<CatalogLeaf>
  ) throws(Failure) -> CatalogReference {
    guard var leaf = leaves.first.map({ CatalogReference($0.offset, isLeaf: true) }) else {
      return .none
    }
    for next in leaves.dropFirst().prefix(CatalogFormat.longestChain - 1) {
      leaf = CatalogReference(
        Int(try append(memory.leafBytes(next.offset, next: leaf))) * 8, isLeaf: true)
    }
    return leaf
  }

  /// The memory's file.
  public var rawDescriptor: Int32 { memory.descriptor.rawValue }

  /// Looks an entry up, as it is with all changes so far.
  public func find(_ treeID: TreeID, version: UInt64) -> CatalogEntry? {
    leaf(treeID, version).map { memory.entry($0) }
  }

  /// Goes back to a state that was read before, as if what came after had not been.
  public mutating func goBack(to state: CatalogState) {
    // Its bytes stay in use: a worker may have seen nothing of them, and none is told of.
    self.state.root = state.root
    self.state.generation = state.generation
    self.state.activeTrees = state.activeTrees
  }

  /// Writes a version.
  ///
  /// - Parameters:
  ///   - treeID: Its tree.
  ///   - version: Its number, at least 1.
  ///   - digest: SHA-256 of the canonical JSON.
  ///   - json: The canonical JSON.
  ///   - isRetired: Whether nobody may run it any more.
  /// - Throws: ``Failure`` when there is no room.
  public mutating func put(
    _ treeID: TreeID, version: UInt64, digest: Digest, json: [UInt8], isRetired: Bool = false
  ) throws(Failure) {
    var content = Content(version: version, digest: digest, jsonBytes: json.count)
    content.isRetired = isRetired
    content.json = isRetired ? 0 : try append(json)
    try insert(treeID, key: version, content)
    state.generation += 1
  }

  /// Writes that a version is retired.
  ///
  /// - Throws: ``Failure`` when there is no room.
  public mutating func retire(_ treeID: TreeID, version: UInt64) throws(Failure) {
    guard let leaf = leaf(treeID, version) else { return }
    var content = Content(memory, leaf)
    content.isRetired = true
    try insert(treeID, key: version, content)
    state.generation += 1
  }

  /// Writes which version is active.
  ///
  /// - Parameters:
  ///   - treeID: The tree.
  ///   - version: A version that was put; `nil` when none is active any more.
  /// - Throws: ``Failure`` when there is no room.
  public mutating func activate(_ treeID: TreeID, version: UInt64?) throws(Failure) {
    let active = find(treeID, version: 0)?.version ?? 0
    guard active != version ?? 0 else { return }
    var content = Content(version: 0, digest: Digest(words: (0, 0, 0, 0)), jsonBytes: 0)
    if let version, let leaf = leaf(treeID, version) { content = Content(memory, leaf) }
    try insert(treeID, key: 0, content)
    state.generation += 1
    switch (active != 0, content.version != 0) {
    case (false, true): state.activeTrees += 1
    case (true, false): state.activeTrees -= 1
    default: break
    }
  }

  // MARK: Entries

  /// What an entry says, apart from its name.
  private struct Content {
    var version: UInt64
    var digest: Digest
    var jsonBytes: Int
    /// In units of eight bytes.
    var json: UInt32 = 0
    var isRetired = false

    init(version: UInt64, digest: Digest, jsonBytes: Int) {
      self.version = version
      self.digest = digest
      self.jsonBytes = jsonBytes
    }

    init(_ memory: borrowing SharedBytes, _ leaf: Int) {
      let entry = memory.entry(leaf)
      self.init(version: entry.version, digest: entry.digest, jsonBytes: entry.json.count)
      json = memory.word(at: leaf + CatalogFormat.Leaf.json)
      isRetired = entry.isRetired
    }
  }

  private func leaf(_ treeID: TreeID, _ key: UInt64) -> Int? {
    memory.leaf(of: treeID.text.utf8.span, key, under: CatalogReference(raw: state.root))
  }

  private mutating func insert(
    _ treeID: TreeID, key: UInt64, _ content: Content
  ) throws(Failure) {
    let id = Array(treeID.text.utf8)
    let hash = CatalogFormat.hash(id.span, key)
    var chain = CatalogReference.none
    for other in others(than: id.span, hash, key) {
      let bytes = memory.leafBytes(other, next: chain)
      chain = CatalogReference(Int(try append(bytes)) * 8, isLeaf: true)
    }
    let leaf = try append(leafBytes(id, hash, key, content, next: chain))
    state.root = try insert(
      CatalogReference(Int(leaf) * 8, isLeaf: true), hash, into: CatalogReference(raw: state.root),
      level: 0
    ).raw
  }

  /// Entries of other names with the very same hash, by their places.
  private func others(than id: Span<UInt8>, _ hash: UInt64, _ key: UInt64) -> [Int] {
    var leaf = memory.firstLeaf(of: hash, under: CatalogReference(raw: state.root))
    var others: [Int] = []
    for _ in 0..<CatalogFormat.longestChain {
      guard let place = leaf, memory.longWord(at: place + CatalogFormat.Leaf.hash) == hash else {
        break
      }
      if !memory.isLeaf(place, of: id, hash, key) { others.append(place) }
      leaf = memory.next(of: place)
    }
    return others
  }

  private func leafBytes(
    _ id: [UInt8], _ hash: UInt64, _ key: UInt64, _ content: Content, next: CatalogReference
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(CatalogFormat.Leaf.id + id.count)
    bytes.append(word: hash)
    bytes.append(word: key)
    bytes.append(word: content.version)
    bytes.append(word: next.raw)
    bytes.append(word: content.isRetired ? CatalogFormat.retired : 0)
    bytes.append(word: UInt32(id.count))
    bytes.append(word: UInt32(content.jsonBytes))
    bytes.append(word: content.json)
    bytes.append(word: UInt32(0))
    bytes.append(contentsOf: content.digest.bytes)
    bytes.append(contentsOf: id)
    return bytes
  }

  /// Writes the nodes above an entry anew.
  ///
  /// As deep as the trie: a level for each four bits of a hash.
  private mutating func insert(
    _ leaf: CatalogReference, _ hash: UInt64, into node: CatalogReference, level: Int
  ) throws(Failure) -> CatalogReference {
    guard !node.isNone else { return leaf }
    if node.isLeaf {
      let other = memory.longWord(at: node.offset + CatalogFormat.Leaf.hash)
      guard other != hash, level < CatalogFormat.levels else { return leaf }
      // Both go down together as far as their hashes are the same.
      let above = try append(
        node: 1 << CatalogFormat.slot(other, level), children: [node])
      return try insert(leaf, hash, into: above, level: level)
    }
    var bitmap = memory.word(at: node.offset)
    var children = (0..<bitmap.nonzeroBitCount).map {
      CatalogReference(raw: memory.word(at: node.offset + 4 + 4 * $0))
    }
    let slot = CatalogFormat.slot(hash, level)
    let index = CatalogFormat.index(of: slot, in: bitmap)
    if bitmap & (1 << slot) != 0 {
      children[index] = try insert(leaf, hash, into: children[index], level: level + 1)
    } else {
      bitmap |= 1 << slot
      children.insert(leaf, at: index)
    }
    return try append(node: bitmap, children: children)
  }

  private mutating func append(
    node bitmap: UInt32, children: [CatalogReference]
  ) throws(Failure) -> CatalogReference {
    var bytes: [UInt8] = []
    bytes.append(word: bitmap)
    for child in children { bytes.append(word: child.raw) }
    return CatalogReference(Int(try append(bytes)) * 8, isLeaf: false)
  }

  /// Writes bytes behind all others.
  ///
  /// - Returns: Their place, in units of eight bytes.
  private mutating func append(_ bytes: [UInt8]) throws(Failure) -> UInt32 {
    let offset = Int(state.byteCount)
    let end = (offset + bytes.count + 7) & ~7
    guard end <= Limits.catalogBytes else { throw .full }
    if end > fileBytes {
      // By a quarter at a time, so that a hundred thousand trees are not a hundred thousand calls.
      let wanted = max(end, fileBytes + min(max(fileBytes / 4, Limits.growthBytes), 16 << 20))
      let size = min((wanted + 4095) & ~4095, Limits.catalogBytes)
      do throws(SystemError) {
        try memory.grow(to: size)
      } catch {
        throw .system(error)
      }
      fileBytes = size
    }
    // Safe: bytes of any content are bytes.
    unsafe memory.write(bytes.span.bytes, at: offset)
    state.byteCount = UInt64(end)
    return UInt32(offset / 8)
  }
}

/// An entry that has no place in a trie yet.
private struct CatalogLeaf {
  let hash: UInt64
  let offset: Int
  /// The trie takes the lowest four bits first, so they are the highest of its order.
  let order: UInt64

  init(hash: UInt64, offset: Int) {
    self.hash = hash
    self.offset = offset
    let bytes = hash.byteSwapped
    order = (bytes & 0x0F0F_0F0F_0F0F_0F0F) << 4 | (bytes >> 4) & 0x0F0F_0F0F_0F0F_0F0F
  }
}

extension SharedBytes {
  /// An entry's bytes with another link to the next of its hash.
  fileprivate func leafBytes(_ leaf: Int, next: CatalogReference) -> [UInt8] {
    let count = CatalogFormat.Leaf.id + Int(word(at: leaf + CatalogFormat.Leaf.idBytes))
    // Safe: bytes of any content are bytes.
    var bytes = withBytes(leaf..<leaf + count) { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    for offset in 0..<4 {
      bytes[CatalogFormat.Leaf.next + offset] = UInt8(
        truncatingIfNeeded: next.raw >> UInt32(8 * offset))
    }
    return bytes
  }
}
