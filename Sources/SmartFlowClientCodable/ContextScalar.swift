/// A value that is one text, number or logical, or encodes itself as another one.
struct ContextScalar: SingleValueEncodingContainer {
  private let encoder: ValueEncoder

  init(_ encoder: ValueEncoder) { self.encoder = encoder }

  var codingPath: [any CodingKey] { encoder.codingPath }

  private func put(_ value: some FixedWidthInteger) throws {
    try encoder.writer.write(value, in: encoder.slot, path: codingPath)
  }

  func encodeNil() throws { try encoder.writer.writeNull(in: encoder.slot, path: codingPath) }
  func encode(_ value: Bool) throws {
    try encoder.writer.write(value, in: encoder.slot, path: codingPath)
  }
  func encode(_ value: String) throws {
    try encoder.writer.write(value, in: encoder.slot, path: codingPath)
  }
  func encode(_ value: Double) throws {
    try encoder.writer.write(value, in: encoder.slot, path: codingPath)
  }
  func encode(_ value: Float) throws { try encode(Double(value)) }
  func encode(_ value: Int) throws { try put(value) }
  func encode(_ value: Int8) throws { try put(value) }
  func encode(_ value: Int16) throws { try put(value) }
  func encode(_ value: Int32) throws { try put(value) }
  func encode(_ value: Int64) throws { try put(value) }
  func encode(_ value: UInt) throws { try put(value) }
  func encode(_ value: UInt8) throws { try put(value) }
  func encode(_ value: UInt16) throws { try put(value) }
  func encode(_ value: UInt32) throws { try put(value) }
  func encode(_ value: UInt64) throws { try put(value) }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder.encode(value) }
}
