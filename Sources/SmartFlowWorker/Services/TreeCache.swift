internal import Catalog
internal import DecisionEngine
internal import Glibc
internal import JSON
internal import SmartFlowMessages
internal import Telemetry

/// What came of compiling a tree, kept by the bytes it came in.
///
/// A tree that does not compile is kept as well: a caller that sends it a thousand times a second
/// costs one compilation, like any other.
final class CachedTree {
  /// How the bytes are to be read; equal bytes of two forms are two trees.
  enum Form: UInt8 {
    case json
    case node
    /// Of the catalog; its bytes are known by their digest.
    case published
  }

  /// The compilation's result.
  enum Outcome {
    case tree(Tree)
    case invalid([TreeDiagnostic])
  }

  let form: Form
  /// What it is found by: the bytes it came in, or their digest.
  let source: [UInt8]
  let outcome: Outcome
  /// The tree, where it is a sound one.
  var tree: Tree? { if case .tree(let tree) = outcome { tree } else { nil } }
  /// What a sound tree has to be said of all the same.
  let warnings: [TreeDiagnostic]
  let memoryBytes: Int
  /// The published trees that are part of it; `nil` where there are none.
  private var subTrees: SubTreeResolver?
  /// Their versions, as records have them.
  let subTreeVersions: SubTreeVersions
  /// Whether the last decision of it was recorded with the digest of its context.
  var wasDigested = false
  /// What answers say of its actions, by their places; made when one is decided on first.
  private var parts: [AnswerPart?] = []
  /// Memory that more of them may take, in bytes.
  private var partBytesLeft = 0
  /// Set by every use after the first, taken away by the sweep that looks for something to evict.
  ///
  /// A flood of trees that are sent once so pushes out its own, not those that are used.
  fileprivate var wasUsed = false
  /// The hash that it is found by.
  fileprivate var hash = 0
  /// The slot of the next entry of the same hash; -1 is none.
  fileprivate var next = -1

  init(
    form: Form, source: [UInt8], outcome: Outcome, warnings: [TreeDiagnostic] = [],
    subTrees: SubTreeResolver? = nil
  ) {
    let subTrees = subTrees.flatMap { $0.isEmpty ? nil : $0 }
    self.subTrees = subTrees
    subTreeVersions = subTrees?.versions ?? SubTreeVersions()
    let subTreeBytes = subTrees?.memoryBytes ?? 0
    self.form = form
    self.warnings = warnings
    self.source = source
    self.outcome = outcome
    switch outcome {
    case .tree(let tree):
      let bytes = source.count + subTreeBytes + tree.memoryBytes
      partBytesLeft = bytes / Limits.memoryPartOfAnswers
      memoryBytes = bytes + partBytesLeft
    case .invalid(let diagnostics):
      memoryBytes =
        source.count + subTreeBytes
        + diagnostics.reduce(0) {
          $0 + 256 + $1.message.utf8.count + $1.path.byteCount
        }
    }
  }

  /// What answers say of an action that is the same in every execution; `nil` where it isn't, or is not worth its memory.
  func part(of action: borrowing PlannedAction, using writer: inout StructWriter) -> AnswerPart? {
    guard action.isConstant else { return nil }
    if action.place < parts.count, let part = parts[action.place] { return part }
    return makePart(of: action, using: &writer)
  }

  private func makePart(
    of action: borrowing PlannedAction, using writer: inout StructWriter
  ) -> AnswerPart? {
    guard let parameters = action.parameters else { return nil }
    let part = AnswerPart(action, parameters, using: &writer)
    let cost = part.memoryBytes + max(0, action.place + 1 - parts.count) * 8
    guard cost <= partBytesLeft else { return nil }
    partBytesLeft -= cost
    while parts.count <= action.place { parts.append(nil) }
    parts[action.place] = part
    return part
  }

  /// What records say of an action, as members of JSON; `nil` where no ``part(of:using:)`` is kept, or there is no room.
  func recordedMembers(
    of action: borrowing PlannedAction, masking mask: ParameterMask
  ) -> [UInt8]? {
    guard action.isConstant, action.place < parts.count, let part = parts[action.place] else {
      return nil
    }
    if let recorded = part.recorded { return recorded.isEmpty ? nil : recorded }
    var line = RecordLine()
    line.beginMembers()
    line.members(of: action, masking: mask)
    let count = line.bytes.count
    part.recorded = count <= partBytesLeft ? line.bytes : []
    if count <= partBytesLeft { partBytesLeft -= count }
    return line.bytes
  }

  /// Whether the published trees that are part of it are still the active ones.
  func isCurrent(in catalog: borrowing CatalogReader) -> Bool {
    subTrees == nil || subTrees?.follow(catalog) == true
  }
}

/// Compiled trees by the content of their bytes, within a bound on memory.
///
/// Found by a hash before anything is parsed; the hash is seeded anew in each process, so nobody
/// can aim at one bucket. Eviction is the clock algorithm: one bit an entry, no list to relink on
/// a hit.
struct TreeCache {
  /// How many lookups found their tree, and how many did not.
  private(set) var hits: UInt64 = 0
  private(set) var misses: UInt64 = 0
  /// What the entries hold, in bytes.
  private(set) var memoryBytes = 0

  private let limitBytes: Int
  private var slots: [CachedTree?] = []
  private var freeSlots: [Int] = []
  /// The first slot of each hash; the others follow from entry to entry.
  private var firstSlots: [Int: Int] = [:]
  private var hand = 0

  /// A cache that holds at most `limitBytes`; 0 keeps nothing.
  init(limitBytes: Int) { self.limitBytes = limitBytes }

  /// The number of trees kept.
  var count: Int { slots.count - freeSlots.count }

  /// The result of an earlier compilation of the same bytes, whose ``hash(_:_:)`` is given.
  ///
  /// One that is not what it would be now gives way.
  mutating func find(
    _ source: RawSpan, form: CachedTree.Form, hash: Int,
    where isCurrent: (CachedTree) -> Bool = { _ in true }
  ) -> CachedTree? {
    var slot = firstSlots[hash] ?? -1
    while slot >= 0, let entry = slots[slot] {
      let next = entry.next
      if entry.form == form, Self.equal(entry.source, source) {
        if isCurrent(entry) {
          entry.wasUsed = true
          hits += 1
          return entry
        }
        remove(at: slot, entry)
      }
      slot = next
    }
    misses += 1
    return nil
  }

  /// Keeps a result, and evicts others until it fits.
  ///
  /// One that takes more than a quarter of the whole bound is not kept: it would push out many
  /// that are in use. A published one is, as long as it fits: it is called again.
  mutating func insert(_ entry: CachedTree, hash: Int) {
    guard entry.memoryBytes <= (entry.form == .published ? limitBytes : limitBytes / 4) else {
      return
    }
    while memoryBytes + entry.memoryBytes > limitBytes { evictOne() }
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
      slots[slot] = entry
    } else {
      slot = slots.count
      slots.append(entry)
    }
    memoryBytes += entry.memoryBytes
    entry.hash = hash
    append(slot, to: hash)
  }

  /// Lets an entry be found behind those of the same hash, of which there is hardly ever one.
  private mutating func append(_ slot: Int, to hash: Int) {
    guard var last = firstSlots[hash].flatMap({ slots[$0] }) else {
      firstSlots[hash] = slot
      return
    }
    while last.next >= 0, let next = slots[last.next] { last = next }
    last.next = slot
  }

  private mutating func evictOne() {
    // INVARIANT: two rounds suffice, since the first takes every mark away.
    for _ in 0..<(2 * slots.count) {
      hand = hand + 1 < slots.count ? hand + 1 : 0
      guard let entry = slots[hand] else { continue }
      guard entry.wasUsed else {
        remove(at: hand, entry)
        return
      }
      entry.wasUsed = false
    }
  }

  private mutating func remove(at slot: Int, _ entry: CachedTree) {
    if firstSlots[entry.hash] == slot {
      firstSlots[entry.hash] = entry.next >= 0 ? entry.next : nil
    } else {
      // INVARIANT: every entry is found from the first of its hash.
      var before = firstSlots[entry.hash].flatMap { slots[$0] }
      while let other = before, other.next != slot {
        before = other.next >= 0 ? slots[other.next] : nil
      }
      before?.next = entry.next
    }
    slots[slot] = nil
    freeSlots.append(slot)
    memoryBytes -= entry.memoryBytes
  }

  /// The hash that a tree's bytes are found by.
  static func hash(_ source: RawSpan, _ form: CachedTree.Form) -> Int {
    var hasher = Hasher()
    hasher.combine(form.rawValue)
    // Safe: the buffer is read inside the call only.
    unsafe source.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  /// Whether two trees came in the same bytes.
  static func equal(_ stored: [UInt8], _ given: RawSpan) -> Bool {
    guard stored.count == given.byteCount else { return false }
    // Safe: both buffers are read inside the call only, and are as long as each other.
    return unsafe given.withUnsafeBytes { given in
      unsafe stored.withUnsafeBytes { stored in
        guard let start = stored.baseAddress, let other = given.baseAddress else { return true }
        return unsafe memcmp(start, other, given.count) == 0
      }
    }
  }
}
