/// The members of an object on their way into the order of RFC 8785, which can be set aside between any two steps.
///
/// That order is the one of the names' UTF-16 code units. It is the one of their bytes, too, but for what UTF-16 writes
/// with surrogates, which stand before U+E000: four bytes in UTF-8, of which the first is more than that of the others.
struct CanonicalOrder: Sendable {
  /// A member by the beginning of its name, which decides nearly always.
  private struct Name {
    var beginning: UInt64
    var position: Int
  }

  private let object: JSONObject
  private var names: [Name] = []
  /// Whether the names that were taken so far came in order.
  private var isOrdered = true
  private var sort: SteppedSort<Name>?

  /// Names up to which an object is put in order at once, and their bytes together.
  private static let namesAtOnce = 16
  private static let bytesAtOnce = 1024

  /// The ordering of an object that is about to begin.
  init(of object: JSONObject) {
    self.object = object
    names.reserveCapacity(object.count)
  }

  /// Where an object's members stand, in order, where that takes no longer than a step; `nil` of a larger one.
  static func ofFew(_ object: JSONObject) -> [Int]? {
    guard object.count <= namesAtOnce,
      object.reduce(0, { $0 + $1.key.utf8.count }) <= bytesAtOnce
    else { return nil }
    return object.indices.sorted {
      var budget = 0
      return precedes(object[$0].key, object[$1].key, from: 0, &budget)
    }
  }

  /// Where an object's members stand, in order.
  static func whole(_ object: JSONObject) -> [Int] {
    if let few = ofFew(object) { return few }
    var order = CanonicalOrder(of: object)
    var budget = Int.max
    while order.step(&budget) { budget = .max }
    return order.positions
  }

  /// Where the members stand, once all steps are taken.
  var positions: [Int] { (sort?.elements ?? names).map(\.position) }

  /// Goes on until `budget` is used, of which a comparison takes 1, and more where names are long.
  ///
  /// - Returns: Whether there is more to do.
  mutating func step(_ budget: inout Int) -> Bool {
    while names.count < object.count, sort == nil {
      guard budget > 0 else { return true }
      budget -= 1
      take(&budget)
    }
    guard !isOrdered else { return false }
    let object = object
    if sort == nil {
      sort = SteppedSort(names)
      names = []
    }
    return sort?.step(&budget) { Self.precedes($0, $1, in: object, &$2) } ?? false
  }

  private mutating func take(_ budget: inout Int) {
    let position = names.count
    let key = object[position].key
    let units = key.utf8.span
    var beginning: UInt64 = 0
    for index in 0..<8 {
      beginning = beginning << 8 | (index < units.count ? UInt64(Self.rank(units[index])) : 0)
    }
    let name = Name(beginning: beginning, position: position)
    if isOrdered, let last = names.last {
      isOrdered = Self.precedes(last, name, in: object, &budget)
    }
    names.append(name)
  }

  private static func precedes(
    _ left: Name, _ right: Name, in object: JSONObject, _ budget: inout Int
  ) -> Bool {
    guard left.beginning == right.beginning else { return left.beginning < right.beginning }
    return precedes(object[left.position].key, object[right.position].key, from: 8, &budget)
  }

  /// Whether a name stands before another of which the first bytes, up to `start`, are the same.
  private static func precedes(
    _ left: String, _ right: String, from start: Int, _ budget: inout Int
  ) -> Bool {
    precedes(left.utf8.span, right.utf8.span, from: start, &budget)
  }

  /// The same of names that are UTF-8.
  static func precedes(
    _ left: Span<UInt8>, _ right: Span<UInt8>, from start: Int, _ budget: inout Int
  ) -> Bool {
    let common = min(left.count, right.count)
    var index = min(start, common)
    while index < common, left[index] == right[index] { index += 1 }
    budget -= max(0, index - start) >> 8
    guard index < common else { return left.count < right.count }
    return rank(left[index]) < rank(right[index])
  }

  /// The byte, but for those that begin U+E000 to U+FFFF, which come behind all that begin a surrogate pair.
  private static func rank(_ byte: UInt8) -> UInt8 {
    byte == 0xEE || byte == 0xEF ? byte | 0xF0 : byte
  }
}
