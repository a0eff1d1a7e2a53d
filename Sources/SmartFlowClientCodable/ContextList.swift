/// A list of a context.
struct ContextList: UnkeyedEncodingContainer {
  private let writer: ContextWriter
  private let container: ContextWriter.Container
  let codingPath: [any CodingKey]
  private(set) var count = 0

  init(_ writer: ContextWriter, _ container: ContextWriter.Container, path: [any CodingKey]) {
    self.writer = writer
    self.container = container
    codingPath = path
  }

  /// The encoder of the next element.
  private mutating func next() throws -> ValueEncoder {
    let path = codingPath + [IndexKey(count)]
    let slot = try writer.slot(in: container, key: nil, path: path)
    count += 1
    return ValueEncoder(writer, slot: slot, path: path)
  }

  private mutating func scalar() throws -> ContextScalar { ContextScalar(try next()) }

  mutating func encodeNil() throws { try scalar().encodeNil() }
  mutating func encode(_ value: Bool) throws { try scalar().encode(value) }
  mutating func encode(_ value: String) throws { try scalar().encode(value) }
  mutating func encode(_ value: Double) throws { try scalar().encode(value) }
  mutating func encode(_ value: Float) throws { try scalar().encode(value) }
  mutating func encode(_ value: Int) throws { try scalar().encode(value) }
  mutating func encode(_ value: Int8) throws { try scalar().encode(value) }
  mutating func encode(_ value: Int16) throws { try scalar().encode(value) }
  mutating func encode(_ value: Int32) throws { try scalar().encode(value) }
  mutating func encode(_ value: Int64) throws { try scalar().encode(value) }
  mutating func encode(_ value: UInt) throws { try scalar().encode(value) }
  mutating func encode(_ value: UInt8) throws { try scalar().encode(value) }
  mutating func encode(_ value: UInt16) throws { try scalar().encode(value) }
  mutating func encode(_ value: UInt32) throws { try scalar().encode(value) }
  mutating func encode(_ value: UInt64) throws { try scalar().encode(value) }
  mutating func encode<Value: Encodable>(_ value: Value) throws { try next().encode(value) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    noting().container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    noting().unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { noting() }

  private mutating func noting() -> ValueEncoder {
    do {
      return try next()
    } catch {
      writer.note(error as? ContextEncodingError ?? .failed(description: "\(error)"))
      return ValueEncoder(writer, slot: 0, path: codingPath)
    }
  }
}

/// The place of an element in its list.
struct IndexKey: CodingKey {
  let intValue: Int?
  var stringValue: String { intValue.map(String.init) ?? "" }
  init(_ index: Int) { intValue = index }
  init?(stringValue: String) { nil }
  init?(intValue: Int) { self.init(intValue) }
}
