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
    var names: [[UInt8]] = []
    var known: Set<[UInt8]> = []
    func add(_ name: some Sequence<UInt8>) {
      let name = Array(name)
      if known.insert(name).inserted { names.append(name) }
    }
    for name in table.names {
      add(name.utf8)
      add(name.utf8.prefix { $0 != UInt8(ascii: ".") })
    }
    var bytes: [UInt8] = []
    var bounds: [Int32] = [0]
    var lengths: UInt64 = 0
    for name in names {
      bytes += name
      bounds.append(Int32(bytes.count))
      lengths |= 1 << UInt64(min(name.count, 63))
    }
    // At least half of it stays free, so that a search ends soon.
    var size = 2
    while size < 2 * names.count { size *= 2 }
    var places = [Int16](repeating: -1, count: size)
    for (index, name) in names.enumerated() {
      var place = Self.hash(name.span) & (size - 1)
      while places[place] >= 0 { place = (place + 1) & (size - 1) }
      places[place] = Int16(index)
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
