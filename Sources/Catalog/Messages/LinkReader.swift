/// Reads what ``LinkWriter`` wrote, or anything else: who sent it may lie.
struct LinkReader {
  /// The bytes end too early, or say something that can't be.
  struct Malformed: Error {}

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What `read` makes of the bytes, all of them; `nil` when they are anything else.
  static func whole<Message>(
    _ bytes: [UInt8], _ read: (inout LinkReader) throws(Malformed) -> Message
  ) -> Message? {
    var reader = LinkReader(bytes)
    do throws(Malformed) {
      let message = try read(&reader)
      return reader.position == bytes.count ? message : nil
    } catch {
      return nil
    }
  }

  mutating func number() throws(Malformed) -> UInt64 {
    guard bytes.count - position >= 8 else { throw Malformed() }
    var value: UInt64 = 0
    for offset in 0..<8 { value |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
    position += 8
    return value
  }

  /// A number of 32 bits.
  mutating func shortNumber() throws(Malformed) -> UInt32 {
    guard let number = UInt32(exactly: try number()) else { throw Malformed() }
    return number
  }

  mutating func logical() throws(Malformed) -> Bool {
    guard position < bytes.count, bytes[position] < 2 else { throw Malformed() }
    position += 1
    return bytes[position - 1] == 1
  }

  mutating func data(atMost limit: Int) throws(Malformed) -> [UInt8] {
    let count = try count(atMost: min(limit, bytes.count - position - 8))
    let start = position
    position += count
    return Array(bytes[start..<position])
  }

  /// A text; what is not UTF-8 is none.
  mutating func text(atMost limit: Int) throws(Malformed) -> String {
    let bytes = try data(atMost: limit)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
    return text
  }

  mutating func treeID() throws(Malformed) -> TreeID {
    guard let treeID = TreeID(try text(atMost: Limits.treeIDBytes)) else { throw Malformed() }
    return treeID
  }

  mutating func digest() throws(Malformed) -> [UInt8] {
    let digest = try data(atMost: PublishedVersion.digestBytes)
    guard digest.count == PublishedVersion.digestBytes else { throw Malformed() }
    return digest
  }

  mutating func list<Element>(
    atMost limit: Int, _ read: (inout LinkReader) throws(Malformed) -> Element
  ) throws(Malformed) -> [Element] {
    let count = try count(atMost: limit)
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  private mutating func count(atMost limit: Int) throws(Malformed) -> Int {
    let count = try number()
    guard limit >= 0, count <= UInt64(limit) else { throw Malformed() }
    return Int(count)
  }
}
