/// A `google.protobuf.Value`, for clients, tests, and results that are looked at.
public enum StructValue: Equatable, Sendable {
  /// Nothing.
  case null
  /// A finite number.
  case number(Double)
  /// A text.
  case text(String)
  /// True or false.
  case logical(Bool)
  /// Values in order.
  case list([StructValue])
  /// Members by key, as the map of a `Struct` has them.
  case object([String: StructValue])

  /// Gives the value to `sink`, objects in the order of their keys.
  public func visit<Sink: ValueSink>(into sink: inout Sink) {
    switch self {
    case .null: sink.null()
    case .number(let value): sink.number(value)
    case .text(let value): value.withRawUTF8 { sink.text($0) }
    case .logical(let value): sink.logical(value)
    case .list(let values):
      sink.beginList()
      for value in values { value.visit(into: &sink) }
      sink.endList()
    case .object(let members): Self.visit(members, into: &sink)
    }
  }

  /// Gives an object to `sink`, in the order of its keys, so that the same object is the same
  /// bytes.
  public static func visit<Sink: ValueSink>(_ members: [String: Self], into sink: inout Sink) {
    sink.beginObject()
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      key.withRawUTF8 { sink.key($0) }
      value.visit(into: &sink)
    }
    sink.endObject()
  }

  static func append(_ members: [String: Self], field: UInt32, to output: inout [UInt8]) {
    var writer = StructWriter()
    writer.write(field, to: &output) { visit(members, into: &$0) }
  }
}

/// Makes a ``StructValue`` from the events of a visit; of a repeated key the last value stays.
public struct StructValueBuilder: ValueSink {
  private enum Open {
    case list([StructValue])
    case object([String: StructValue], key: String)
  }

  private var open: [Open] = []

  /// What was visited, once it has ended.
  public private(set) var value: StructValue?

  /// Makes an empty builder.
  public init() {}

  /// Nothing.
  public mutating func null() { add(.null) }
  /// True or false.
  public mutating func logical(_ value: Bool) { add(.logical(value)) }
  /// A number.
  public mutating func number(_ value: Double) { add(.number(value)) }
  /// A text.
  public mutating func text(_ utf8: RawSpan) { add(.text(String(decoding: utf8))) }
  /// An object begins.
  public mutating func beginObject() { open.append(.object([:], key: "")) }
  /// A list begins.
  public mutating func beginList() { open.append(.list([])) }

  /// The key of the value that follows.
  public mutating func key(_ utf8: RawSpan) {
    guard case .object(let members, _) = open.popLast() else {
      preconditionFailure("a key outside an object")
    }
    open.append(.object(members, key: String(decoding: utf8)))
  }

  /// The innermost object ends.
  public mutating func endObject() {
    guard case .object(let members, _) = open.popLast() else {
      preconditionFailure("no object is open")
    }
    add(.object(members))
  }

  /// The innermost list ends.
  public mutating func endList() {
    guard case .list(let values) = open.popLast() else { preconditionFailure("no list is open") }
    add(.list(values))
  }

  private mutating func add(_ new: StructValue) {
    switch open.popLast() {
    case .list(var values):
      values.append(new)
      open.append(.list(values))
    case .object(var members, let key):
      members[key] = new
      open.append(.object(members, key: key))
    case nil: value = new
    }
  }
}
