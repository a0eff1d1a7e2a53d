/// Encodes one value into its place.
final class ValueEncoder: Encoder {
  let writer: ContextWriter
  let slot: Int
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]
  /// What the value has begun; one that asks for a container twice gets the same.
  private var begun: ContextWriter.Container?

  init(_ writer: ContextWriter, slot: Int, path: [any CodingKey]) {
    self.writer = writer
    self.slot = slot
    codingPath = path
  }

  /// Encodes any value, and closes what it has begun.
  func encode(_ value: some Encodable) throws {
    switch writer.form(of: type(of: value)) {
    case .own:
      let depth = writer.depth
      try value.encode(to: self)
      writer.close(to: depth)
    case .date:
      let epoch = try seconds(of: value)
      switch writer.dates {
      case .refused:
        throw ContextEncodingError.unsupportedType(
          path: text(of: codingPath), name: "Date",
          remedy: "send it as text or as a number, or give the encoder `dates`")
      case .secondsSince1970: try writer.write(epoch, in: slot, path: codingPath)
      case .millisecondsSince1970: try writer.write(epoch * 1000, in: slot, path: codingPath)
      }
    case .unsupported(let name, let remedy):
      throw ContextEncodingError.unsupportedType(
        path: text(of: codingPath), name: name, remedy: remedy)
    }
  }

  /// What a `Date` encodes itself as is a number of seconds since 2001.
  private func seconds(of date: some Encodable) throws -> Double {
    let reference = NumberEncoder(path: codingPath)
    try date.encode(to: reference)
    return reference.value + 978_307_200
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(
      ContextObject<Key>(writer, begin(isObject: true), path: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    ContextList(writer, begin(isObject: false), path: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { ContextScalar(self) }

  /// The object or list of this value; a wrong one is noted, since nothing can be thrown here.
  func begin(isObject: Bool) -> ContextWriter.Container {
    if let begun {
      if begun.isObject != isObject { writer.note(.outOfOrder(path: text(of: codingPath))) }
      return begun
    }
    do throws(ContextEncodingError) {
      let container = try writer.begin(isObject: isObject, in: slot, path: codingPath)
      begun = container
      return container
    } catch {
      writer.note(error)
      // What is written into it throws what was noted.
      return ContextWriter.Container(level: 0, number: 0, isObject: isObject)
    }
  }
}
