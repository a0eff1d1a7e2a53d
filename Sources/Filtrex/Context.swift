/// A player's properties, flat, ready to be asked for by name.
///
/// Built by events, in one pass over JSON or a message; ``removeAll()`` keeps the memory for the next player.
public struct Context: Sendable {
  struct Frame {
    var firstPending: Int
    var isObject: Bool
  }

  var store = Store()
  private(set) var root = Cell(.object, offset: 0, count: 0, in: .context)
  /// Values of the open containers that are not in the store yet.
  var pending: [Cell] = []
  private var frames: [Frame] = []
  /// Members of an object that are being sorted.
  var members: [Member] = []
  private var valueCount = 0
  /// Bytes of texts and names, built or not.
  private var byteCount = 0
  private var hasRoot = false
  /// The root's members that are built; all where it is `nil`.
  private var needs: PropertyNeeds?
  /// Of a member that is left out: 1 once its name has come, and 1 more for each object or list of its value that is
  /// open; 0 where none is.
  private var omitted = 0

  /// The first limit that was broken, or the root that is not one object.
  ///
  /// Events that come after it are ignored.
  public private(set) var violation: ContextError?

  /// A context without properties.
  public init() {}

  /// A context with the members of `value`, which must be an object; see ``removeAll(keeping:)`` for which of them.
  public init(_ value: Value, keeping needs: PropertyNeeds? = nil) {
    self.init()
    removeAll(keeping: needs)
    append(value)
  }

  /// Forgets all properties and keeps the memory.
  ///
  /// - Parameter needs: The members of the root to build; the others are looked at, counted and left out. All are built
  ///   where it is `nil`.
  public mutating func removeAll(keeping needs: PropertyNeeds? = nil) {
    self.needs = needs
    omitted = 0
    byteCount = 0
    store.removeAll()
    root = Cell(.object, offset: 0, count: 0, in: .context)
    pending.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    valueCount = 0
    hasRoot = false
    violation = nil
  }

  /// Forgets all properties, and stands where ``removeAll(keeping:)`` has left it.
  public mutating func restart() { removeAll(keeping: needs) }

  /// A null.
  public mutating func null() { value(.null) }
  /// A logical.
  public mutating func logical(_ logical: Bool) { value(Cell(logical)) }
  /// A number.
  public mutating func number(_ number: Double) { value(Cell(number)) }

  /// A text, which must be valid UTF-8.
  public mutating func text(_ utf8: RawSpan) {
    guard count(utf8) else { return }
    if omitted > 0 { return omit() }
    value(store.text(utf8, in: .context))
  }

  /// The name of the next value.
  public mutating func key(_ utf8: RawSpan) {
    guard count(utf8) else { return }
    if omitted > 1 { return }
    guard let frame = frames.last, frame.isObject, isKeyDue(frame), omitted == 0 else {
      return fail(.misplaced)
    }
    if let needs, frames.count == 1, !needs.contains(Span(_bytes: utf8)) {
      omitted = 1
      return
    }
    sortRun(of: frame)
    pending.append(store.text(utf8, in: .context))
  }

  /// Opens an object.
  public mutating func beginObject() { open(isObject: true) }
  /// Opens a list.
  public mutating func beginList() { open(isObject: false) }

  /// Closes the innermost list.
  public mutating func endList() {
    guard violation == nil else { return }
    if omitted > 0 { return endOmitted() }
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
    if omitted > 0 { return endOmitted() }
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

  private mutating func count(_ utf8: RawSpan) -> Bool {
    guard violation == nil else { return false }
    byteCount += utf8.byteCount
    guard byteCount <= Limits.contextBytes else {
      fail(.tooManyBytes(limit: Limits.contextBytes))
      return false
    }
    return true
  }

  private mutating func countValue() -> Bool {
    valueCount += 1
    guard valueCount <= Limits.contextValues else {
      fail(.tooManyValues(limit: Limits.contextValues))
      return false
    }
    return true
  }

  // MARK: What is left out

  /// A value of the member that is left out, no object and no list.
  private mutating func omit() {
    guard countValue() else { return }
    if omitted == 1 { omitted = 0 }
  }

  private mutating func beginOmitted() {
    guard countValue() else { return }
    guard frames.count + omitted <= Limits.contextNesting else {
      return fail(.tooDeep(limit: Limits.contextNesting))
    }
    omitted += 1
  }

  private mutating func endOmitted() {
    guard omitted > 1 else { return fail(.misplaced) }
    omitted = omitted > 2 ? omitted - 1 : 0
  }

  // MARK: What is built

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
    return countValue()
  }

  private mutating func value(_ cell: Cell) {
    if omitted > 0 { return omit() }
    guard admit(isObject: false) else { return }
    pending.append(cell)
  }

  private mutating func open(isObject: Bool) {
    if omitted > 0 { return beginOmitted() }
    guard admit(isObject: isObject) else { return }
    guard frames.count < Limits.contextNesting else {
      return fail(.tooDeep(limit: Limits.contextNesting))
    }
    frames.append(Frame(firstPending: pending.count, isObject: isObject))
  }

  private mutating func put(_ cell: Cell) {
    if frames.isEmpty { root = cell } else { pending.append(cell) }
  }
}
