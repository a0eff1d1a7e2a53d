internal import UnixSocket

/// A tree that no worker runs, because it has killed too many of them.
public struct QuarantinedTree: Equatable, Sendable {
  /// By what it is known.
  public var tree: TreeFingerprint
  /// Since when, in microseconds since 1970.
  public var sinceMicroseconds: UInt64
  /// How the last worker ended.
  public var reason: DeathReason

  /// Makes an entry.
  public init(_ tree: TreeFingerprint, sinceMicroseconds: UInt64, reason: DeathReason) {
    self.tree = tree
    self.sinceMicroseconds = sinceMicroseconds
    self.reason = reason
  }
}

// Behind the workers' lines: eight words of head, eight for each worker's deaths, and the quarantine.
extension StatusBoard {
  /// Trees in quarantine at once; the keeper drops the oldest for one more.
  ///
  /// Each costs a look for every execution while the quarantine is not empty, and somebody who finds that many
  /// trees that kill workers finds more.
  public static let quarantineSlots = 64

  private static let wordsPerSlot = 8
  private static let wordsPerDeaths = 8
  private static let napWord = supervisionWord
  private static let quarantineWord = supervisionWord + 1
  private static let deathsWord = supervisionWord + 8
  private static let slotsWord = deathsWord + workers * wordsPerDeaths
  static let supervisionWords = 8 + workers * wordsPerDeaths + quarantineSlots * wordsPerSlot

  // MARK: The keeper's sleep

  /// The number of the nap that the keeper takes, 0 while it is up.
  ///
  /// A worker that begins to work while the keeper naps wakes it, once a nap.
  public var nap: UInt64 {
    get { words[Self.napWord] }
    nonmutating set { words[Self.napWord] = newValue }
  }

  // MARK: Deaths

  /// How often one worker has ended, by reasons; the keeper writes it.
  public func deaths(of worker: Int) -> DeathCounts {
    var counts = DeathCounts()
    for reason in DeathReason.allCases {
      counts[reason] = words[Self.deathWord(worker, reason)]
    }
    return counts
  }

  /// Counts a death.
  public func countDeath(of worker: Int, _ reason: DeathReason) {
    // Not in place: ThreadSanitizer's build breaks on a change by way of a value that can not be copied.
    let word = Self.deathWord(worker, reason)
    words[word] = words[word] &+ 1
  }

  private static func deathWord(_ worker: Int, _ reason: DeathReason) -> Int {
    deathsWord + worker * wordsPerDeaths + Int(reason.rawValue)
  }

  // MARK: Quarantine

  /// Whether no tree is in quarantine: one load.
  public var isQuarantineEmpty: Bool { words[Self.quarantineWord] == 0 }

  /// Whether a tree is in quarantine.
  public func isQuarantined(_ tree: TreeFingerprint) -> Bool {
    guard !isQuarantineEmpty else { return false }
    for slot in 0..<Self.quarantineSlots {
      let at = Self.slotsWord + slot * Self.wordsPerSlot
      // Of one slot in 2⁶⁴ that begins alike the rest is read.
      guard words[at + 4] == tree.digest.words.0, let entry = quarantined(in: slot) else {
        continue
      }
      if entry.tree == tree { return true }
    }
    return false
  }

  /// The tree in one slot; `nil` when the slot is empty, or is just being changed.
  public func quarantined(in slot: Int) -> QuarantinedTree? {
    guard
      let (_, values) = words.snapshot(
        of: Self.wordsPerSlot - 1, at: Self.slotsWord + slot * Self.wordsPerSlot),
      let kind = TreeFingerprint.Kind(rawValue: values[0]),
      let reason = DeathReason(rawValue: values[2])
    else { return nil }
    let digest = Digest(words: (values[3], values[4], values[5], values[6]))
    return QuarantinedTree(
      TreeFingerprint(kind, digest), sinceMicroseconds: values[1], reason: reason)
  }

  /// All trees in quarantine, in no order.
  public var quarantine: [QuarantinedTree] {
    (0..<Self.quarantineSlots).compactMap { quarantined(in: $0) }
  }

  /// Puts a tree into a slot, or takes it out; the keeper alone does.
  public func setQuarantined(_ entry: QuarantinedTree?, in slot: Int) {
    let at = Self.slotsWord + slot * Self.wordsPerSlot
    var sequence = words[at]
    var values = [7 of UInt64](repeating: 0)
    if let entry {
      values[0] = entry.tree.kind.rawValue
      values[1] = entry.sinceMicroseconds
      values[2] = entry.reason.rawValue
      values[3] = entry.tree.digest.words.0
      values[4] = entry.tree.digest.words.1
      values[5] = entry.tree.digest.words.2
      values[6] = entry.tree.digest.words.3
    }
    words.publish(values.span, at: at, sequence: &sequence)
    words[Self.quarantineWord] = UInt64(quarantine.count)
  }
}
