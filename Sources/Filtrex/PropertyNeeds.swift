/// The names of a context's own properties that the programs of one tree can ask for.
///
/// A context that is told of them leaves everything else unbuilt: see ``Context/removeAll(keeping:)``.
public final class PropertyNeeds: Sendable {
  /// The names, one after another.
  private let bytes: [UInt8]
  /// Where each begins, and the last ends.
  private let bounds: [Int32]
  /// A table of the names by their hashes, each in the first free place behind its own; -1 where there is none.
  private let places: [Int16]
  /// Which lengths names have, the longest counted as 63: nearly every other name is told apart by it.
  private let lengths: UInt64

  /// What the names of a table can lead to: each of them, and the first part of a dotted one.
  public init(_ table: PropertyTable) {
    var bytes: [UInt8] = []
    var bounds: [Int32] = [0]
    var lengths: UInt64 = 0
    // At least half of it stays free, so that a search ends soon.
    var size = 2
    while size < 4 * table.count { size *= 2 }
    var places = [Int16](repeating: -1, count: size)
    bytes.reserveCapacity(table.bytes.count)
    bounds.reserveCapacity(table.count + 1)
    func add(_ name: Span<UInt8>) {
      var place = Self.hash(name) & (size - 1)
      while places[place] >= 0 {
        let index = Int(places[place])
        let own = bytes.span.extracting(Int(bounds[index])..<Int(bounds[index + 1]))
        if ByteOrder.equal(own, name) { return }
        place = (place + 1) & (size - 1)
      }
      places[place] = Int16(bounds.count - 1)
      bytes.append(copying: name.raw)
      bounds.append(Int32(bytes.count))
      lengths |= 1 << UInt64(min(name.count, 63))
    }
    let names = table.bytes
    var start = 0
    for end in table.ends {
      let name = names.span.extracting(start..<end)
      add(name)
      if let dot = name.indices.first(where: { name[$0] == UInt8(ascii: ".") }) {
        add(name.extracting(..<dot))
      }
      start = end
    }
    self.bytes = bytes
    self.bounds = bounds
    self.places = places
    self.lengths = lengths
  }

  /// Whether a property of that name can be asked for.
  func contains(_ name: Span<UInt8>) -> Bool {
    guard lengths & 1 << UInt64(min(name.count, 63)) != 0 else { return false }
    var place = Self.hash(name) & (places.count - 1)
    while places[place] >= 0 {
      let index = Int(places[place])
      let bytes = bytes
      let own = bytes.span.extracting(Int(bounds[index])..<Int(bounds[index + 1]))
      if ByteOrder.equal(own, name) { return true }
      place = (place + 1) & (places.count - 1)
    }
    return false
  }

  /// Of the length, and the first and last bytes: names that differ in the middle alone are found one after the other.
  private static func hash(_ name: Span<UInt8>) -> Int {
    let key = ByteOrder.ends(of: name) ^ UInt64(name.count)
    return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40)
  }
}
