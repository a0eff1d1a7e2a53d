/// A player's properties, flat, ready to be asked for by name.
///
/// Built by events, in one pass over JSON or a message; ``removeAll()`` keeps the memory for the next player.
public struct Context: Sendable {
  private struct Frame {
    var firstPending: Int
    var isObject: Bool
  }

  private(set) var store = Store()
  private(set) var root = Cell(.object, offset: 0, count: 0, in: .context)
  /// Values of the open containers that are not in the store yet.
  private var pending: [Cell] = []
  private var frames: [Frame] = []
  private var members: [Member] = []
  private var valueCount = 0
  private var hasRoot = false

  /// The first limit that was broken, or the root that is not one object.
  ///
  /// Events that come after it are ignored.
  public private(set) var violation: ContextError?

  /// A context without properties.
  public init() {}

  /// A context with the members of `value`, which must be an object.
  public init(_ value: Value) {
    self.init()
    append(value)
  }

  /// Forgets all properties and keeps the memory.
  public mutating func removeAll() {
    store.removeAll()
    root = Cell(.object, offset: 0, count: 0, in: .context)
    pending.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    valueCount = 0
    hasRoot = false
    violation = nil
  }

  /// A null.
  public mutating func null() { value(.null) }
  /// A logical.
  public mutating func logical(_ logical: Bool) { value(Cell(logical)) }
  /// A number.
  public mutating func number(_ number: Double) { value(Cell(number)) }

  /// A text, which must be valid UTF-8.
  public mutating func text(_ utf8: RawSpan) {
    guard let cell = stored(utf8) else { return }
    value(cell)
  }

  /// The name of the next value.
  public mutating func key(_ utf8: RawSpan) {
    guard let cell = stored(utf8) else { return }
    guard let frame = frames.last, frame.isObject, isKeyDue(frame) else { return fail(.misplaced) }
    sortRun(of: frame)
    pending.append(cell)
  }

  /// Opens an object.
  public mutating func beginObject() { open(isObject: true) }
  /// Opens a list.
  public mutating func beginList() { open(isObject: false) }

  /// Closes the innermost list.
  public mutating func endList() {
    guard violation == nil else { return }
    guard let frame = frames.last, !frame.isObject else { return fail(.misplaced) }
    frames.removeLast()
    let offset = store.cells.count
    store.cells.append(contentsOf: pending[frame.firstPending...])
    pending.removeSubrange(frame.firstPending...)
    put(Cell(.list, offset: offset, count: store.cells.count - offset, in: .context))
  }

  /// Closes the innermost object.
  public mutating func endObject() {
    guard violation == nil else { return }
    guard let frame = frames.last, frame.isObject, isKeyDue(frame) else { return fail(.misplaced) }
    frames.removeLast()
    let offset = store.cells.count
    storeMembers(from: frame.firstPending)
    pending.removeSubrange(frame.firstPending...)
    put(Cell(.object, offset: offset, count: (store.cells.count - offset) / 2, in: .context))
  }

  /// The whole context, for people.
  public var value: Value {
    let nothing = Store()
    return Memory(constants: nothing.view, context: store.view, scratch: nothing.view).value(root)
  }

  private mutating func append(_ value: Value) {
    switch value {
    case .null: null()
    case .number(let value): number(value)
    case .text(let value): text(value.utf8Span.span.raw)
    case .logical(let value): logical(value)
    case .list(let elements):
      beginList()
      for element in elements { append(element) }
      endList()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.name.utf8Span.span.raw)
        append(member.value)
      }
      endObject()
    }
  }

  private mutating func fail(_ error: ContextError) {
    guard violation == nil else { return }
    removeAll()
    violation = error
  }

  private func isKeyDue(_ frame: Frame) -> Bool {
    (pending.count - frame.firstPending).isMultiple(of: 2)
  }

  private mutating func stored(_ utf8: RawSpan) -> Cell? {
    guard violation == nil else { return nil }
    guard store.bytes.count + utf8.byteCount <= Limits.contextBytes else {
      fail(.tooManyBytes(limit: Limits.contextBytes))
      return nil
    }
    return store.text(utf8, in: .context)
  }

  /// Takes a value that has begun: counts it, and looks whether one may stand here.
  private mutating func admit(isObject: Bool) -> Bool {
    guard violation == nil else { return false }
    guard let frame = frames.last else {
      guard !hasRoot, isObject else {
        fail(.notOneObject)
        return false
      }
      hasRoot = true
      return true
    }
    if frame.isObject, isKeyDue(frame) {
      fail(.misplaced)
      return false
    }
    valueCount += 1
    if valueCount > Limits.contextValues {
      fail(.tooManyValues(limit: Limits.contextValues))
      return false
    }
    return true
  }

  private mutating func value(_ cell: Cell) {
    guard admit(isObject: false) else { return }
    pending.append(cell)
  }

  private mutating func open(isObject: Bool) {
    guard admit(isObject: isObject) else { return }
    guard frames.count < Limits.contextNesting else {
      return fail(.tooDeep(limit: Limits.contextNesting))
    }
    frames.append(Frame(firstPending: pending.count, isObject: isObject))
  }

  private mutating func put(_ cell: Cell) {
    if frames.isEmpty { root = cell } else { pending.append(cell) }
  }

  private struct Member {
    /// The first eight bytes of its name, as a number that is ordered as they are.
    var beginning: UInt64
    var name: Cell
    var value: Cell
    var position: Int
  }

  /// Sorts as many of the last members of an open object as make a run, so that its end is no lump of work.
  ///
  /// What is sorted is one run of 64 members, or four runs of a quarter each, and so on: that takes about as many
  /// comparisons as it has members, and is put off for no object of fewer.
  private mutating func sortRun(of frame: Frame) {
    let count = (pending.count - frame.firstPending) / 2
    guard count > 0, count.isMultiple(of: Limits.contextMembersPerRun) else { return }
    var run = Limits.contextMembersPerRun
    while count.isMultiple(of: 4 * run) { run *= 4 }
    let first = pending.count - 2 * run
    sortMembers(from: first)
    for (index, member) in members.enumerated() {
      pending[first + 2 * index] = member.name
      pending[first + 2 * index + 1] = member.value
    }
  }

  /// Takes the last members of an object into ``members``, by name; of two with one name the earlier comes first.
  private mutating func sortMembers(from first: Int) {
    members.removeAll(keepingCapacity: true)
    let bytes = store.bytes
    for index in stride(from: first, to: pending.count, by: 2) {
      let name = pending[index]
      var beginning = 0 as UInt64
      for place in name.offset..<name.offset + min(name.count, 8) {
        beginning = beginning << 8 | UInt64(bytes[place])
      }
      beginning <<= UInt64(8 * (8 - min(name.count, 8)))
      members.append(
        Member(beginning: beginning, name: name, value: pending[index + 1], position: index))
    }
    members.sort { left, right in
      if left.beginning != right.beginning { return left.beginning < right.beginning }
      let order = ByteOrder.compare(
        bytes.span.extracting(left.name.offset..<left.name.offset + left.name.count),
        bytes.span.extracting(right.name.offset..<right.name.offset + right.name.count))
      return order == 0 ? left.position < right.position : order < 0
    }
  }

  /// Sorts the members by name, so that they are found fast and objects are compared in one pass.
  ///
  /// Of two with one name the later stays, as in a protobuf map; JSON refuses duplicates before.
  private mutating func storeMembers(from first: Int) {
    sortMembers(from: first)
    let bytes = store.bytes
    for (index, member) in members.enumerated() {
      if index + 1 < members.count {
        let next = members[index + 1].name
        let isRepeated = ByteOrder.equal(
          bytes.span.extracting(member.name.offset..<member.name.offset + member.name.count),
          bytes.span.extracting(next.offset..<next.offset + next.count))
        if isRepeated { continue }
      }
      store.cells.append(member.name)
      store.cells.append(member.value)
    }
  }
}

/// Why events do not make a context.
public enum ContextError: Error, Sendable, Equatable {
  /// The root is not exactly one object.
  case notOneObject
  /// An event stands where it can not, such as a value without a name in an object.
  case misplaced
  /// More values than ``Limits/contextValues``.
  case tooManyValues(limit: Int)
  /// More bytes of texts and names than ``Limits/contextBytes``.
  case tooManyBytes(limit: Int)
  /// Objects and lists nest deeper than ``Limits/contextNesting``.
  case tooDeep(limit: Int)
}

extension ContextError: CustomStringConvertible {
  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .notOneObject:
      "a context is one object: send the player's properties as its members"
    case .misplaced:
      "a name or a value stands where it can not: in an object each value follows its name"
    case .tooManyValues(let limit):
      "the context holds more than \(limit) values: send only the properties that the tree names"
    case .tooManyBytes(let limit):
      "the context's texts and names are longer than \(limit) bytes together: send only the properties that the tree names"
    case .tooDeep(let limit):
      "the context nests deeper than \(limit) objects and lists: flatten it"
    }
  }
}
