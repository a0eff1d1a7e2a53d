/// The bytes and cells that running values name: a program's constants, a context, or a machine's scratch.
struct Store: Sendable {
  var bytes: [UInt8] = []
  var cells: [Cell] = []

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
  }

  /// Puts a text at the end.
  mutating func text(_ utf8: RawSpan, in region: Cell.Region) -> Cell {
    let offset = bytes.count
    bytes.append(copying: utf8)
    return Cell(.text, offset: offset, count: utf8.byteCount, in: region)
  }

  @inline(__always)
  var view: StoreView {
    @_lifetime(borrow self)
    get { StoreView(bytes: bytes.span, cells: cells.span) }
  }
}

extension Span<UInt8> {
  /// The same bytes, untyped.
  var raw: RawSpan {
    @_lifetime(copy self)
    get {
      // Safe: bytes have no padding that could be read uninitialised.
      unsafe bytes
    }
  }
}

extension [UInt8] {
  /// Appends bytes that lie elsewhere.
  mutating func append(copying source: RawSpan) {
    reserveTwofold(count + source.byteCount)
    // Safe: the array copies the bytes while the span holds them.
    unsafe source.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}

extension Array {
  /// Makes room for so many elements in all.
  ///
  /// Twofold: as much as is needed and no more would be a copy of all for nearly every text.
  mutating func reserveTwofold(_ needed: Int) {
    if needed > capacity { reserveCapacity(Swift.max(needed, 2 * capacity)) }
  }
}

/// A store as it is read.
struct StoreView: ~Escapable {
  let bytes: Span<UInt8>
  let cells: Span<Cell>

  @inline(__always)
  @_lifetime(copy bytes, copy cells)
  init(bytes: Span<UInt8>, cells: Span<Cell>) {
    self.bytes = bytes
    self.cells = cells
  }
}

/// The three stores of one evaluation: every value can be read through it.
struct Memory: ~Escapable {
  let constants: StoreView
  let context: StoreView
  let scratch: StoreView

  @inline(__always)
  @_lifetime(copy constants, copy context, copy scratch)
  init(constants: StoreView, context: StoreView, scratch: StoreView) {
    self.constants = constants
    self.context = context
    self.scratch = scratch
  }

  @inline(__always)
  @_lifetime(copy self)
  func store(_ region: Cell.Region) -> StoreView {
    switch region {
    case .constants: constants
    case .context: context
    case .scratch: scratch
    }
  }

  /// The bytes of a text.
  @inline(__always)
  @_lifetime(copy self)
  func text(_ cell: Cell) -> Span<UInt8> {
    store(cell.region).bytes.extracting(cell.offset..<cell.offset + cell.count)
  }

  /// The elements of a list.
  @inline(__always)
  @_lifetime(copy self)
  func elements(_ cell: Cell) -> Span<Cell> {
    store(cell.region).cells.extracting(cell.offset..<cell.offset + cell.count)
  }

  /// The members of an object: name and value in turn.
  @inline(__always)
  @_lifetime(copy self)
  func members(_ cell: Cell) -> Span<Cell> {
    store(cell.region).cells.extracting(cell.offset..<cell.offset + 2 * cell.count)
  }

  /// A list of one element counts as that element, one level deep.
  func unwrapped(_ cell: Cell) -> Cell {
    cell.kind == .list && cell.count == 1 ? elements(cell)[0] : cell
  }

  /// The property `name` of an object, or the length or an element of a list.
  ///
  /// - Source: filtrex looks for an own property of a JavaScript object, and a list has `length` and its indices.
  func property(_ name: Span<UInt8>, of cell: Cell) -> Cell? {
    switch cell.kind {
    case .object: member(name, of: cell)
    case .list: listProperty(name, of: cell)
    default: nil
    }
  }

  /// Members lie sorted by name, so that half of them drop out at each step.
  private func member(_ name: Span<UInt8>, of object: Cell) -> Cell? {
    let members = members(object)
    var low = 0
    var high = object.count
    while low < high {
      let middle = (low + high) / 2
      switch ByteOrder.compare(text(members[2 * middle]), name) {
      case 0: return members[2 * middle + 1]
      case ..<0: low = middle + 1
      default: high = middle
      }
    }
    return nil
  }

  private func listProperty(_ name: Span<UInt8>, of list: Cell) -> Cell? {
    if ByteOrder.equal(name, "length") { return Cell(Double(list.count)) }
    // Only the shortest form of an index names an element: `'00' of l` is no property.
    guard !name.isEmpty, name.count <= 9, name.count == 1 || name[0] != UInt8(ascii: "0") else {
      return nil
    }
    var index = 0
    for position in name.indices {
      guard name[position] >= UInt8(ascii: "0"), name[position] <= UInt8(ascii: "9") else {
        return nil
      }
      index = index * 10 + Int(name[position] - UInt8(ascii: "0"))
    }
    return index < list.count ? elements(list)[index] : nil
  }
}

/// Comparisons of texts byte by byte, which for UTF-8 is scalar by scalar.
enum ByteOrder {
  /// Below zero, zero or above as `left` comes before, with or after `right`.
  static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    let shared = min(left.count, right.count)
    var index = 0
    while index < shared {
      // Safe: the index is below both counts.
      let difference = unsafe Int(left[unchecked: index]) - Int(right[unchecked: index])
      if difference != 0 { return difference }
      index += 1
    }
    return left.count - right.count
  }

  /// The first eight bytes of a text, as a number that is ordered as they are; a shorter one has zeros behind it.
  ///
  /// - Parameters:
  ///   - text: Lies in `bytes`.
  ///   - bytes: Of the store.
  /// - Returns: The number.
  static func beginning(of text: Cell, in bytes: Span<UInt8>) -> UInt64 {
    let unused = UInt64(8 * (8 - min(text.count, 8)))
    if text.offset + 8 <= bytes.count {
      // Safe: the eight bytes end inside; those behind a shorter text are shifted out.
      let word = unsafe bytes.raw.unsafeLoadUnaligned(
        fromUncheckedByteOffset: text.offset, as: UInt64.self)
      return (word.bigEndian >> unused) << unused
    }
    var beginning = 0 as UInt64
    for place in text.offset..<text.offset + min(text.count, 8) {
      beginning = beginning << 8 | UInt64(bytes[place])
    }
    return beginning << unused
  }

  /// The first four bytes and the last; of a shorter text all of them.
  static func ends(of text: Span<UInt8>) -> UInt64 {
    guard text.count >= 4 else { return text.indices.reduce(0) { $0 << 8 | UInt64(text[$1]) } }
    let raw = text.raw
    // Safe: both fours end inside.
    let (first, last) = unsafe (
      raw.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self),
      raw.unsafeLoadUnaligned(fromUncheckedByteOffset: text.count - 4, as: UInt32.self)
    )
    return UInt64(first) << 32 | UInt64(last)
  }

  /// Whether both hold the same bytes; eight at a time.
  static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return hasPrefix(left, right)
  }

  /// Whether `text` begins with `prefix`.
  static func hasPrefix(_ text: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
    guard text.count >= prefix.count else { return false }
    let count = prefix.count
    let left = text.raw
    let right = prefix.raw
    if count >= 8 {
      var index = 0
      while index < count {
        // The last eight overlap those before, so that no rest is left.
        let start = min(index, count - 8)
        // Safe: the eight bytes end inside both.
        let one = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self)
        let other = unsafe right.unsafeLoadUnaligned(
          fromUncheckedByteOffset: start, as: UInt64.self)
        if one != other { return false }
        index += 8
      }
      return true
    }
    if count >= 4 {
      // Safe: both fours end inside both.
      let one = unsafe (
        left.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self),
        left.unsafeLoadUnaligned(fromUncheckedByteOffset: count - 4, as: UInt32.self)
      )
      let other = unsafe (
        right.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self),
        right.unsafeLoadUnaligned(fromUncheckedByteOffset: count - 4, as: UInt32.self)
      )
      return one == other
    }
    for index in 0..<count where unsafe text[unchecked: index] != prefix[unchecked: index] {
      return false
    }
    return true
  }

  static func equal(_ left: Span<UInt8>, _ right: StaticString) -> Bool {
    guard left.count == right.utf8CodeUnitCount else { return false }
    for index in left.indices where unsafe left[index] != right.utf8Start[index] {
      return false
    }
    return true
  }
}
