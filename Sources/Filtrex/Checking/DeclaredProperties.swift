/// The properties that an object's schema declares, by name.
///
/// In pieces, so that a schema of ten thousand of them can be made, and given back, a few at a time: a dictionary is
/// hashed anew as it grows, and given back whole.
package struct DeclaredProperties: Sendable {
  /// A few properties, one behind the other.
  package typealias Part = [ObjectShape.Property]

  private static let propertiesPerPart = 32

  /// The names, in order.
  package private(set) var names: [String] = []
  private(set) var parts: [Part] = []
  /// Where each name stands, plus 1, found by its hash; 0 is free.
  ///
  /// A power of two of them, a third of which is free.
  private var places: [UInt32]

  /// Room for so many properties; more find none.
  package init(capacity: Int) {
    var slots = 4
    while 2 * slots < 3 * (capacity + 1) { slots *= 2 }
    places = [UInt32](repeating: 0, count: slots)
    names.reserveCapacity(capacity)
  }

  /// Declares a property; one of the same name is replaced.
  package mutating func add(_ name: String, _ property: ObjectShape.Property) {
    let slot = slot(of: name)
    if places[slot] > 0 {
      let place = Int(places[slot]) - 1
      parts[place / Self.propertiesPerPart][place % Self.propertiesPerPart] = property
      return
    }
    // INVARIANT: there is always a free slot, or looking for a name would not end.
    precondition(names.count + 1 < places.count, "more properties than there is room for")
    if names.count % Self.propertiesPerPart == 0 {
      parts.append([])
      parts[parts.count - 1].reserveCapacity(Self.propertiesPerPart)
    }
    parts[parts.count - 1].append(property)
    names.append(name)
    places[slot] = UInt32(names.count)
  }

  subscript(name: String) -> ObjectShape.Property? {
    let place = Int(places[slot(of: name)]) - 1
    guard place >= 0 else { return nil }
    return parts[place / Self.propertiesPerPart][place % Self.propertiesPerPart]
  }

  /// Where a name is found, or would be put.
  private func slot(of name: String) -> Int {
    var hasher = Hasher()
    // Safe: the bytes are read during the call only.
    unsafe name.utf8.span.bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    var slot = hasher.finalize() & (places.count - 1)
    while places[slot] > 0, !Self.areSame(names[Int(places[slot]) - 1], name) {
      slot = (slot + 1) & (places.count - 1)
    }
    return slot
  }

  /// By bytes, since Swift would call a composed and a decomposed `é` the same name.
  private static func areSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}
