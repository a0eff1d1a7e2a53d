/// Goes through a message of which every field has a tag of one byte.
@usableFromInline struct PlainReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline var at = 0

  @inlinable @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  /// Goes to the content of the field that is here, if it has this tag, of one byte, and is whole.
  ///
  /// - Returns: Where the content ends.
  @inlinable mutating func content(tag: UInt8, before end: Int) -> Int? {
    guard end - at >= 2, byte(at: at) == tag, let first = byte(at: at + 1) else { return nil }
    var count = Int(first)
    var start = at + 2
    if first >= 0x80 {
      // Two bytes say up to 16,383, which is more than most messages that come here have.
      guard end - at >= 3, let second = byte(at: at + 2), second < 0x80 else { return nil }
      count = Int(first & 0x7F) | Int(second) << 7
      start += 1
    }
    guard count <= end - start else { return nil }
    at = start
    return start + count
  }

  @inlinable func byte(at index: Int) -> UInt8? {
    guard index < bytes.byteCount else { return nil }
    // Safe: the index is below the count.
    return unsafe bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
  }

  /// Whether bytes that are there are UTF-8 without U+0000.
  @inlinable func isText(_ range: Range<Int>) -> Bool { Text.isSound(bytes.extracting(range)) }
}
