/// Takes the one number that a `Date` encodes itself as.
final class NumberEncoder: Encoder, SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private(set) var value = 0.0

  init(path: [any CodingKey]) { codingPath = path }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    refusal.container(keyedBy: type)
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    refusal.unkeyedContainer()
  }

  /// Takes all that is no number, and has failed already.
  private var refusal: ValueEncoder {
    let writer = ContextWriter(dates: .refused)
    writer.note(unexpected)
    return ValueEncoder(writer, slot: 0, path: codingPath)
  }

  private var unexpected: ContextEncodingError {
    .unsupportedType(path: text(of: codingPath), name: "Date", remedy: "send it as a number")
  }

  func encode(_ value: Double) throws { self.value = value }
  func encodeNil() throws { throw unexpected }
  func encode(_ value: Bool) throws { throw unexpected }
  func encode(_ value: String) throws { throw unexpected }
  func encode(_ value: Float) throws { throw unexpected }
  func encode(_ value: Int) throws { throw unexpected }
  func encode(_ value: Int8) throws { throw unexpected }
  func encode(_ value: Int16) throws { throw unexpected }
  func encode(_ value: Int32) throws { throw unexpected }
  func encode(_ value: Int64) throws { throw unexpected }
  func encode(_ value: UInt) throws { throw unexpected }
  func encode(_ value: UInt8) throws { throw unexpected }
  func encode(_ value: UInt16) throws { throw unexpected }
  func encode(_ value: UInt32) throws { throw unexpected }
  func encode(_ value: UInt64) throws { throw unexpected }
  func encode<Value: Encodable>(_ value: Value) throws { throw unexpected }
}
