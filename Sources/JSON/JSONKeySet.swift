/// The keys of the objects that are open, to find those that come twice.
///
/// A small object is looked through, so that it costs no allocation; a large one is hashed, with a seed
/// of the process's own, so that nobody can make it slow.
struct JSONKeySet {
  private struct Object {
    var firstKey: Int
    var hashed: Set<[UInt8]>?
  }

  private static let keysWithoutHash = 24

  /// Bytes of all open objects' keys, one behind the other, and where each begins.
  private var storage: [UInt8] = []
  private var starts: [Int] = []
  private var open: [Object] = []

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
    if open[top].hashed != nil {
      return open[top].hashed?.insert(Self.array(key)).inserted ?? true
    }
    let first = open[top].firstKey
    for index in first..<starts.count where equal(key, index) { return false }
    if starts.count - first >= Self.keysWithoutHash {
      var hashed: Set<[UInt8]> = [Self.array(key)]
      for index in first..<starts.count { hashed.insert(Array(storage[range(index)])) }
      open[top].hashed = hashed
      return true
    }
    starts.append(storage.count)
    for index in key.indices { storage.append(key[index]) }
    return true
  }

  private func range(_ index: Int) -> Range<Int> {
    starts[index]..<(index + 1 < starts.count ? starts[index + 1] : storage.count)
  }

  private func equal(_ key: Span<UInt8>, _ index: Int) -> Bool {
    let range = range(index)
    guard range.count == key.count else { return false }
    for at in key.indices where storage[range.lowerBound + at] != key[at] { return false }
    return true
  }

  private static func array(_ span: Span<UInt8>) -> [UInt8] {
    span.indices.map { span[$0] }
  }
}
