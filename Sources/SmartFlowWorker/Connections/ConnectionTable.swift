/// The connections of a worker, by slots that are used again.
struct ConnectionTable {
  private var slots: [Connection?] = []
  private var freeSlots: [Int] = []

  /// How many there are.
  var count: Int { slots.count - freeSlots.count }

  /// All of them.
  var all: [Connection] { slots.compactMap { $0 } }

  /// The connection in a slot.
  subscript(slot: Int) -> Connection? {
    slot >= 0 && slot < slots.count ? slots[slot] : nil
  }

  /// Puts a new connection into a slot, which `make` is told.
  mutating func insert(_ make: (Int) -> Connection) -> Connection {
    let slot = freeSlots.popLast() ?? slots.count
    let connection = make(slot)
    if slot < slots.count { slots[slot] = connection } else { slots.append(connection) }
    return connection
  }

  /// Frees a connection's slot.
  mutating func remove(_ connection: Connection) {
    guard slots[connection.slot] === connection else { return }
    slots[connection.slot] = nil
    freeSlots.append(connection.slot)
  }
}

extension [UInt8] {
  /// A copy of bytes that somebody else owns.
  init(copying bytes: RawSpan) {
    // Safe: the bytes are read during the call only.
    self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}
