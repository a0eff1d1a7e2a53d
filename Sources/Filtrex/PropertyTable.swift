/// The properties that the programs of one tree name: property name to slot.
public struct PropertyTable: Sendable {
  /// The names in the order of their slots.
  public private(set) var names: [String] = []
  /// Slots by names, once there are too many to look through.
  private var slots: [[UInt8]: Int] = [:]
  /// The names' UTF-8, one after another, and where each ends: binding reads nothing else.
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  /// A table without names.
  public init() {}

  /// How many names there are.
  public var count: Int { names.count }

  /// The slot of `name`, a new one if need be, or `nil` when ``Limits/properties`` are taken.
  ///
  /// Keyed by bytes, since Swift would call a composed and a decomposed `é` the same name.
  mutating func slot(of name: String) -> Int? {
    if names.count <= Self.namesWithoutIndex {
      if let slot = position(of: name.utf8.span) { return slot }
    } else if let slot = slots[Array(name.utf8)] {
      return slot
    }
    guard names.count < Limits.properties else { return nil }
    if names.isEmpty {
      // As much as most trees need: each of the three would else grow at every name.
      names.reserveCapacity(4)
      ends.reserveCapacity(4)
      bytes.reserveCapacity(48)
    }
    names.append(name)
    bytes.append(contentsOf: name.utf8)
    ends.append(bytes.count)
    if names.count > Self.namesWithoutIndex {
      for slot in (slots.isEmpty ? 0 : names.count - 1)..<names.count {
        slots[Array(names[slot].utf8)] = slot
      }
    }
    return names.count - 1
  }

  private static let namesWithoutIndex = 16

  private func position(of name: Span<UInt8>) -> Int? {
    var start = 0
    for slot in ends.indices {
      if ends[slot] - start == name.count,
        ByteOrder.equal(bytes.span.extracting(start..<ends[slot]), name)
      {
        return slot
      }
      start = ends[slot]
    }
    return nil
  }

  /// Forgets the names behind the first ones, as if they had never come.
  mutating func shorten(to count: Int) {
    while names.count > count {
      let name = names.removeLast()
      ends.removeLast()
      slots[Array(name.utf8)] = nil
      bytes.removeLast(bytes.count - (ends.last ?? 0))
    }
    if count <= Self.namesWithoutIndex { slots = [:] }
  }
}
