/// The members of an object that lie in the order of their names' bytes, one after the other in that of RFC 8785.
///
/// That order is the one of UTF-16 code units, in which what is written with surrogates stands before U+E000. A heap,
/// since the members are wanted one by one: no step sorts ten thousand.
struct NameOrder: Sendable {
  private var heap: [Int]

  /// The first byte of U+E000 and all behind it; below it both orders are one.
  private static let firstHighByte: UInt8 = 0xEE

  /// Whether texts may hold a name for which the orders differ.
  static func isNeeded(for bytes: Span<UInt8>) -> Bool {
    // Without an early end, so that many are looked at at once.
    var highest: UInt8 = 0
    for index in bytes.indices { highest = max(highest, bytes[index]) }
    return highest >= firstHighByte
  }

  /// The order of an object's members; `nil` where they lie in it already.
  init?(of object: Cell, in memory: borrowing Memory) {
    let members = memory.members(object)
    var isNeeded = false
    for index in stride(from: 0, to: members.count, by: 2) {
      isNeeded = isNeeded || Self.isNeeded(for: memory.text(members[index]))
    }
    guard isNeeded else { return nil }
    // In the order of bytes it is nearly a heap already.
    heap = Array(0..<object.count)
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) {
      sink(index, of: object, in: memory)
    }
  }

  /// The place of the next member; `nil` when all were taken.
  mutating func takeNext(of object: Cell, in memory: borrowing Memory) -> Int? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return last }
    heap[0] = last
    sink(0, of: object, in: memory)
    return first
  }

  private mutating func sink(_ start: Int, of object: Cell, in memory: borrowing Memory) {
    let members = memory.members(object)
    func precedes(_ left: Int, _ right: Int) -> Bool {
      Self.precedes(memory.text(members[2 * left]), memory.text(members[2 * right]))
    }
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if precedes(heap[child], heap[least]) { least = child }
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    let common = min(left.count, right.count)
    var index = 0
    while index < common, left[index] == right[index] { index += 1 }
    guard index < common else { return left.count < right.count }
    return rank(left[index]) < rank(right[index])
  }

  /// The byte, but for those that begin U+E000 to U+FFFF, which come behind all that begin a surrogate pair.
  private static func rank(_ byte: UInt8) -> UInt8 {
    byte == 0xEE || byte == 0xEF ? byte | 0xF0 : byte
  }
}
