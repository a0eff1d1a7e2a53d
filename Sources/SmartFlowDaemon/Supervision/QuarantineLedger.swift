internal import WorkerLink

/// Which trees have killed workers, and which of them no worker runs any more.
///
/// Digests come from workers, so they are numbers and nothing else here.
struct QuarantineLedger {
  /// A tree that was put into quarantine, with its place in the table.
  struct Entry: Equatable {
    var slot: Int
    var tree: QuarantinedTree
    /// What had to go for it, the table being full.
    var dropped: QuarantinedTree?
  }

  private var slots = [QuarantinedTree?](repeating: nil, count: StatusBoard.quarantineSlots)
  /// When workers died by each tree, on the monotonic clock, the last one last.
  private var deaths: [TreeFingerprint: [UInt64]] = [:]

  /// Notes that a worker died by a tree.
  ///
  /// - Parameters:
  ///   - tree: The tree that it had in hand.
  ///   - reason: How it died.
  ///   - now: The monotonic clock, in nanoseconds.
  ///   - wall: Microseconds since 1970.
  /// - Returns: The tree's entry, when this was one death too many.
  mutating func note(
    _ tree: TreeFingerprint, _ reason: DeathReason, now: UInt64, wall: UInt64
  ) -> Entry? {
    var times = (deaths[tree] ?? []).filter {
      now < $0 + SupervisionLimits.quarantineNanoseconds
    }
    times.append(now)
    guard times.count >= SupervisionLimits.quarantineDeaths else {
      remember(times, of: tree, now: now)
      return nil
    }
    deaths[tree] = nil
    // One that ran in one worker still when the others refused it already.
    guard !slots.contains(where: { $0?.tree == tree }) else { return nil }
    let entry = QuarantinedTree(tree, sinceMicroseconds: wall, reason: reason)
    if let free = slots.firstIndex(where: { $0 == nil }) {
      slots[free] = entry
      return Entry(slot: free, tree: entry)
    }
    let oldest = slots.indices.min { Self.since(slots[$0]) < Self.since(slots[$1]) } ?? 0
    let dropped = slots[oldest]
    slots[oldest] = entry
    return Entry(slot: oldest, tree: entry, dropped: dropped)
  }

  /// Takes over a quarantine, each tree in the slot of its place.
  mutating func restore(_ trees: [QuarantinedTree]) {
    for (slot, tree) in trees.prefix(slots.count).enumerated() { slots[slot] = tree }
  }

  /// Takes a tree out of quarantine, by either of its digests, and forgives it what it did.
  ///
  /// - Returns: The slots that are free now; none when it was not in quarantine.
  mutating func lift(_ digest: Digest) -> [Int] {
    let freed = slots.indices.filter { slots[$0]?.tree.digest == digest }
    for slot in freed { slots[slot] = nil }
    deaths = deaths.filter { $0.key.digest != digest }
    return freed
  }

  private mutating func remember(_ times: [UInt64], of tree: TreeFingerprint, now: UInt64) {
    deaths[tree] = times
    guard deaths.count > SupervisionLimits.rememberedTrees else { return }
    deaths = deaths.filter {
      now < ($0.value.last ?? 0) + SupervisionLimits.quarantineNanoseconds
    }
    guard deaths.count > SupervisionLimits.rememberedTrees,
      let oldest = deaths.min(by: { ($0.value.last ?? 0) < ($1.value.last ?? 0) })
    else { return }
    deaths[oldest.key] = nil
  }

  private static func since(_ tree: QuarantinedTree?) -> UInt64 { tree?.sinceMicroseconds ?? 0 }
}
