internal import Filtrex
internal import JSON
internal import SmartFlowMessages

// Values of the messages, of JSON and of the language, each in the other's words.

/// Makes a `StructValue` of what a JSON parser reads.
struct StructValueSink: JSONSink {
  var builder = StructValueBuilder()

  mutating func null() { builder.null() }
  mutating func logical(_ value: Bool) { builder.logical(value) }
  mutating func number(_ value: Double) { builder.number(value) }
  mutating func text(_ utf8: RawSpan) { builder.text(utf8) }
  mutating func beginObject() { builder.beginObject() }
  mutating func key(_ utf8: RawSpan) { builder.key(utf8) }
  mutating func endObject() { builder.endObject() }
  mutating func beginList() { builder.beginList() }
  mutating func endList() { builder.endList() }
}

/// Makes a context of what a JSON parser reads.
struct ContextSink: JSONSink {
  var context: Context

  mutating func null() { context.null() }
  mutating func logical(_ value: Bool) { context.logical(value) }
  mutating func number(_ value: Double) { context.number(value) }
  mutating func text(_ utf8: RawSpan) { context.text(utf8) }
  mutating func beginObject() { context.beginObject() }
  mutating func key(_ utf8: RawSpan) { context.key(utf8) }
  mutating func endObject() { context.endObject() }
  mutating func beginList() { context.beginList() }
  mutating func endList() { context.endList() }
}

extension StructValue {
  /// The value as JSON.
  var json: [UInt8] {
    var output: [UInt8] = []
    JSONWriter.append(JSONValue(self), to: &output)
    return output
  }

  // As deep as a message may nest.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .logical(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .text(value)
    case .array(let values): self = .list(values.map(StructValue.init))
    case .object(let object): self = .object(StructValue.members(of: object))
    }
  }

  static func members(of object: JSONObject) -> [String: StructValue] {
    Dictionary(object.map { ($0.key, StructValue($0.value)) }, uniquingKeysWith: { $1 })
  }
}

extension JSONValue {
  // As deep as a message may nest.
  fileprivate init(_ value: StructValue) {
    switch value {
    case .null: self = .null
    case .logical(let value): self = .bool(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .string(value)
    case .list(let values): self = .array(values.map(JSONValue.init))
    case .object(let members):
      self = .object(
        members.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
    }
  }
}
