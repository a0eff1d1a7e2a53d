/// Where names stand in a list of them, found by their bytes.
///
/// One piece of memory, however many names there are, and no copies of them: a dictionary of byte arrays takes a piece for
/// each, so that 70,000 of them are hashed anew and given back for milliseconds. Hashed with a seed of the process's own,
/// so that nobody can make it slow.
package struct NameIndex: Sendable {
  /// A place plus 1, behind a part of the name's hash; 0 is free.
  private struct Slot {
    var hash: UInt32 = 0
    var place: UInt32 = 0
  }

  /// A power of two of them, at most three quarters of which are taken.
  private var slots = [Slot](repeating: Slot(), count: 64)

  /// An index of no names.
  package init() {}

  /// What a name is found by.
  package static func hash(_ name: Span<UInt8>) -> UInt32 {
    var hasher = Hasher()
    var index = 0
    while index + 8 <= name.count {
      var word: UInt64 = 0
      for offset in 0..<8 { word = word << 8 | UInt64(name[index + offset]) }
      hasher.combine(word)
      index += 8
    }
    var rest: UInt64 = 0
    while index < name.count {
      rest = rest << 8 | UInt64(name[index])
      index += 1
    }
    hasher.combine(rest)
    hasher.combine(name.count)
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  /// The place of the name with that hash for which `isSame` holds.
  package func find(_ hash: UInt32, where isSame: (Int) -> Bool) -> Int? {
    var at = Int(hash) & (slots.count - 1)
    while slots[at].place > 0 {
      let place = Int(slots[at].place) - 1
      if slots[at].hash == hash, isSame(place) { return place }
      at = (at + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Notes the place of a name that is not there.
  ///
  /// - Parameters:
  ///   - hash: The name's.
  ///   - place: Where it stands.
  ///   - count: How many are there already.
  package mutating func insert(_ hash: UInt32, at place: Int, count: Int) {
    if 4 * (count + 1) > 3 * slots.count { grow() }
    put(Slot(hash: hash, place: UInt32(place) + 1))
  }

  /// Makes room for twice as many; the names are not looked at.
  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: 2 * old.count)
    for slot in old where slot.place > 0 { put(slot) }
  }

  private mutating func put(_ slot: Slot) {
    var at = Int(slot.hash) & (slots.count - 1)
    while slots[at].place > 0 { at = (at + 1) & (slots.count - 1) }
    slots[at] = slot
  }
}
