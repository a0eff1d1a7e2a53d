/// What takes values as events, so that any representation is built in one pass.
///
/// A value is `null`, `logical`, `number`, `text`, or an object or list between its two marks; inside
/// an object every value follows its `key`.
public protocol JSONSink {
  /// Nothing.
  mutating func null()
  /// True or false.
  mutating func logical(_ value: Bool)
  /// A finite number.
  mutating func number(_ value: Double)
  /// A text, valid UTF-8, its escapes resolved.
  mutating func text(_ utf8: RawSpan)
  /// An object begins.
  mutating func beginObject()
  /// The key of the value that follows.
  mutating func key(_ utf8: RawSpan)
  /// The innermost object ends.
  mutating func endObject()
  /// A list begins.
  mutating func beginList()
  /// The innermost list ends.
  mutating func endList()
}

/// Builds a ``JSONValue`` of events.
///
/// A key that comes twice in one object, which a parser refuses before, replaces the first.
public struct JSONValueBuilder: JSONSink, Sendable {
  private enum Container {
    case object(JSONObject, key: String)
    case list([JSONValue])
  }

  private var open: [Container] = []
  /// The value, once it is whole.
  public private(set) var value: JSONValue?

  /// A builder that has seen nothing.
  public init() {}

  /// Adds nothing.
  public mutating func null() { add(.null) }
  /// Adds true or false.
  public mutating func logical(_ value: Bool) { add(.bool(value)) }
  /// Adds a number.
  public mutating func number(_ value: Double) { add(.number(value)) }
  /// Adds a text.
  public mutating func text(_ utf8: RawSpan) { add(.string(String(decoding: utf8))) }
  /// Begins an object.
  public mutating func beginObject() { open.append(.object(JSONObject(), key: "")) }
  /// Begins a list.
  public mutating func beginList() { open.append(.list([])) }

  /// Names the value that follows.
  public mutating func key(_ utf8: RawSpan) {
    guard case .object(let object, _)? = open.popLast() else {
      preconditionFailure("a key outside an object")
    }
    open.append(.object(object, key: String(decoding: utf8)))
  }

  /// Ends the innermost object.
  public mutating func endObject() {
    guard case .object(let object, _)? = open.popLast() else {
      preconditionFailure("no object is open")
    }
    add(.object(object))
  }

  /// Ends the innermost list.
  public mutating func endList() {
    guard case .list(let elements)? = open.popLast() else {
      preconditionFailure("no list is open")
    }
    add(.array(elements))
  }

  /// Gives up what was built, whole or not, to be given back in steps.
  public mutating func remains() -> JSONRemains { JSONRemains(of: takeAll()) }

  /// Gives up what was built, whole or not.
  mutating func takeAll() -> [JSONValue] {
    var values = open.map { container in
      switch container {
      case .object(let object, _): JSONValue.object(object)
      case .list(let elements): JSONValue.array(elements)
      }
    }
    if let value { values.append(value) }
    self = JSONValueBuilder()
    return values
  }

  private mutating func add(_ value: JSONValue) {
    switch open.popLast() {
    case nil: self.value = value
    case .list(var elements):
      elements.append(value)
      open.append(.list(elements))
    case .object(var object, let key):
      object[key] = value
      open.append(.object(object, key: key))
    }
  }
}

extension String {
  /// Text of bytes that are known to be UTF-8.
  init(decoding utf8: RawSpan) {
    // Safe: the bytes are read during the call only.
    self = unsafe utf8.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Text of code units that are known to be UTF-8.
  init(units: Span<UInt8>) {
    // Safe: the units are read during the call only.
    self = unsafe units.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
