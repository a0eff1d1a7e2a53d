/// Whose turn it is: of the connections that have work, the one first that has had the least time.
///
/// Fair by time and over connections, not over calls: one with 256 calls has as much as one with a single
/// call, and one whose call is light goes before all that have used more. A connection that comes back from
/// idling begins where the others are, so that nobody saves time up.
///
/// - Source: Goyal, Vin and Cheng, "Start-time Fair Queuing", 1996.
struct RunQueue {
  private struct Entry {
    /// The time that the connection has had, in nanoseconds, since a beginning common to all.
    var used: UInt64
    /// Of those that have had the same, the first that came is first.
    var order: UInt64
    var slot: Int

    static func < (left: Entry, right: Entry) -> Bool {
      (left.used, left.order) < (right.used, right.order)
    }
  }

  /// A binary heap; its root is next.
  private var entries: [Entry] = []
  /// By slot: the time that the connection has had.
  private var used: [UInt64] = []
  private var isWaiting: [Bool] = []
  /// What the connection whose turn was last had had before it; who comes now begins there.
  private var floor: UInt64 = 0
  private var nextOrder: UInt64 = 0

  /// Whether nobody has work.
  var isEmpty: Bool { entries.isEmpty }
  /// How many connections have work.
  var count: Int { entries.count }

  /// A new connection is in a slot; whoever was there before is forgotten.
  mutating func enter(_ slot: Int) {
    while used.count <= slot {
      used.append(0)
      isWaiting.append(false)
    }
    used[slot] = floor
  }

  /// A connection has work; said twice, it is the same.
  mutating func add(_ slot: Int) {
    guard !isWaiting[slot] else { return }
    isWaiting[slot] = true
    used[slot] = max(used[slot], floor)
    entries.append(Entry(used: used[slot], order: nextOrder, slot: slot))
    nextOrder += 1
    rise(from: entries.count - 1)
  }

  /// Takes out the connection whose turn it is; ``charge(_:nanoseconds:)`` says how long that was.
  mutating func next() -> Int? {
    guard let first = entries.first else { return nil }
    floor = first.used
    remove(at: 0)
    isWaiting[first.slot] = false
    return first.slot
  }

  /// A connection has had a turn of so much time.
  mutating func charge(_ slot: Int, nanoseconds: UInt64) { used[slot] &+= nanoseconds }

  /// A connection is gone.
  mutating func remove(_ slot: Int) {
    guard isWaiting[slot], let index = entries.firstIndex(where: { $0.slot == slot }) else {
      return
    }
    remove(at: index)
    isWaiting[slot] = false
  }

  private mutating func remove(at index: Int) {
    let last = entries.removeLast()
    guard index < entries.count else { return }
    entries[index] = last
    sink(from: index)
    rise(from: index)
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index] < entries[parent] else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func sink(from start: Int) {
    var index = start
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2)
      where child < entries.count && entries[child] < entries[least] {
        least = child
      }
      guard least != index else { return }
      entries.swapAt(index, least)
      index = least
    }
  }
}
