/// An object of a context.
struct ContextObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
  private let writer: ContextWriter
  private let container: ContextWriter.Container
  let codingPath: [any CodingKey]

  init(_ writer: ContextWriter, _ container: ContextWriter.Container, path: [any CodingKey]) {
    self.writer = writer
    self.container = container
    codingPath = path
  }

  /// The encoder of the value that a key names.
  private func encoder(for key: any CodingKey) throws -> ValueEncoder {
    let path = codingPath + [key]
    let slot = try writer.slot(in: container, key: key.stringValue, path: path)
    return ValueEncoder(writer, slot: slot, path: path)
  }

  private func scalar(_ key: Key) throws -> ContextScalar { ContextScalar(try encoder(for: key)) }

  mutating func encodeNil(forKey key: Key) throws { try scalar(key).encodeNil() }
  mutating func encode(_ value: Bool, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: String, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Double, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Float, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Int, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Int8, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Int16, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Int32, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: Int64, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: UInt, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: UInt8, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: UInt16, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: UInt32, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode(_ value: UInt64, forKey key: Key) throws { try scalar(key).encode(value) }
  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try encoder(for: key).encode(value)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    noting(key).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    noting(key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { noting(SuperKey()) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { noting(key) }

  private func noting(_ key: any CodingKey) -> ValueEncoder {
    do {
      return try encoder(for: key)
    } catch {
      writer.note(error as? ContextEncodingError ?? .failed(description: "\(error)"))
      return ValueEncoder(writer, slot: 0, path: codingPath + [key])
    }
  }
}

/// Where a class keeps what its superclass encodes, as the standard library has it.
struct SuperKey: CodingKey {
  let stringValue = "super"
  let intValue: Int? = nil
  init() {}
  init?(stringValue: String) { nil }
  init?(intValue: Int) { nil }
}
