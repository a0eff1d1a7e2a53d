public import JSON
public import SmartFlowMessages

/// Holds the events of a visit to their grammar: every value in an object behind a key, every mark
/// with its partner, every number finite, every text UTF-8, and one value in all.
public struct StrictSink: JSONSink, ValueSink {
  private enum Open {
    case list
    case object(hasKey: Bool)
  }

  /// Whether a text may hold U+0000, which a protobuf text of ours may not.
  private let allowsNUL: Bool
  private var open: [Open] = []
  private var hasEnded = false
  /// How many values there were.
  public private(set) var values = 0
  /// How many containers were open at once.
  public private(set) var depth = 0

  /// A sink that has seen nothing.
  public init(allowsNUL: Bool) { self.allowsNUL = allowsNUL }

  /// Whether exactly one value has come to its end.
  public var isWhole: Bool { hasEnded && open.isEmpty }

  /// Nothing.
  public mutating func null() { value() }
  /// True or false.
  public mutating func logical(_ value: Bool) { self.value() }

  /// A number.
  public mutating func number(_ value: Double) {
    require(value.isFinite, "a number is \(value)")
    self.value()
  }

  /// A text.
  public mutating func text(_ utf8: RawSpan) {
    check(utf8)
    value()
  }

  /// An object begins.
  public mutating func beginObject() { begin(.object(hasKey: false)) }
  /// A list begins.
  public mutating func beginList() { begin(.list) }

  /// The key of the value that follows.
  public mutating func key(_ utf8: RawSpan) {
    check(utf8)
    guard case .object(let hasKey)? = open.popLast() else { broken("a key outside an object") }
    require(!hasKey, "two keys in a row")
    open.append(.object(hasKey: true))
  }

  /// The innermost object ends.
  public mutating func endObject() {
    guard case .object(let hasKey)? = open.popLast() else { broken("no object to end") }
    require(!hasKey, "a key without a value")
    hasEnded = open.isEmpty
  }

  /// The innermost list ends.
  public mutating func endList() {
    guard case .list? = open.popLast() else { broken("no list to end") }
    hasEnded = open.isEmpty
  }

  private mutating func begin(_ container: Open) {
    value()
    open.append(container)
    depth = max(depth, open.count)
    hasEnded = false
  }

  private mutating func value() {
    require(!hasEnded, "a value behind the whole value")
    values += 1
    switch open.popLast() {
    case nil: hasEnded = true
    case .list?: open.append(.list)
    case .object(let hasKey)?:
      require(hasKey, "a value without a key")
      open.append(.object(hasKey: false))
    }
  }

  private func check(_ utf8: RawSpan) {
    let bytes = utf8.array
    require(
      String(validating: bytes, as: UTF8.self) != nil, "a text of \(bytes.count) bytes is not UTF-8"
    )
    require(allowsNUL || !bytes.contains(0), "a text holds U+0000")
  }
}
