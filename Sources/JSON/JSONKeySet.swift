/// The keys of the objects that are open, to find those that come twice.
///
/// A small object is looked through, so that it costs no allocation; a large one is hashed.
struct JSONKeySet {
  private struct Object {
    var firstKey: Int
    var index: NameIndex?
  }

  private static let keysWithoutHash = 24

  /// Bytes of all open objects' keys, one behind the other, and where each begins.
  private var storage: [UInt8] = []
  private var starts: [Int] = []
  private var open: [Object] = []

  /// Forgets all keys and keeps the memory.
  mutating func removeAll() {
    storage.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
  }

  mutating func beginObject() { open.append(Object(firstKey: starts.count)) }

  mutating func endObject() {
    guard let object = open.popLast() else { return }
    if object.firstKey < starts.count { storage.removeSubrange(starts[object.firstKey]...) }
    starts.removeSubrange(object.firstKey...)
  }

  /// Notes a key of the innermost object.
  ///
  /// - Returns: Whether it is new there.
  mutating func insert(_ key: Span<UInt8>) -> Bool {
    guard let top = open.indices.last else { return true }
    let first = open[top].firstKey
    let count = starts.count - first
    if open[top].index != nil {
      let hash = NameIndex.hash(key)
      guard open[top].index?.find(hash, where: { equal(key, $0) }) == nil else { return false }
      open[top].index?.insert(hash, at: starts.count, count: count)
    } else {
      for index in first..<starts.count where equal(key, index) { return false }
      if count == Self.keysWithoutHash {
        var index = NameIndex()
        for place in first..<starts.count {
          let hash = NameIndex.hash(storage.span.extracting(range(place)))
          index.insert(hash, at: place, count: place - first)
        }
        index.insert(NameIndex.hash(key), at: starts.count, count: count)
        open[top].index = index
      }
    }
    starts.append(storage.count)
    storage.append(copying: key)
    return true
  }

  private func range(_ index: Int) -> Range<Int> {
    starts[index]..<(index + 1 < starts.count ? starts[index + 1] : storage.count)
  }

  private func equal(_ key: Span<UInt8>, _ index: Int) -> Bool {
    storage.span.extracting(range(index)).hasSameBytes(as: key)
  }
}

extension Span<UInt8> {
  /// Whether both hold the same bytes.
  package func hasSameBytes(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
