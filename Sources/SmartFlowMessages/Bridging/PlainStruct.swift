/// Reads a small `google.protobuf.Struct` off the wire in one pass, as nearly every encoder writes one.
///
/// Each map entry is its key and then its value, each value has one kind, and nothing else is there. Whatever is
/// written otherwise, or is not sound, is left to ``ValueView``, which takes ten times as long: it knows all that
/// protobuf allows, and says what is wrong. What is read here gives the events that it would give.
public enum PlainStruct {
  /// Gives the value to `sink`, event by event: one object.
  ///
  /// - Parameters:
  ///   - bytes: One `Struct` message.
  ///   - sink: Gets events of what was read even where there is more that was not.
  /// - Returns: Whether all was read; else nothing is said of the bytes.
  @inlinable public static func visit<Sink: ValueSink>(
    _ bytes: RawSpan, into sink: inout Sink
  ) -> Bool {
    // Each byte is a field at most, so that no limit on fields or memory can be met.
    guard bytes.byteCount < MessageLimits.requestFields else { return false }
    var reader = PlainReader(bytes)
    return reader.object(to: bytes.byteCount, depth: 0, into: &sink)
  }

  /// How far a reading in steps has come.
  public enum Progress: Sendable {
    case more
    case finished
    /// What comes is not plain: all is to be read otherwise.
    case notPlain
  }

  /// Reads some entries more of a `Struct` that is too large to be read at once.
  ///
  /// - Parameters:
  ///   - bytes: The message, the same in every step.
  ///   - at: Where the next entry begins; 0 before the first step.
  ///   - entries: How many are read.
  ///   - entryBytes: The most that one may have, since it is read in one piece.
  ///   - sink: Gets events of what was read even where it turns out not to be plain.
  /// - Returns: How far it has come.
  @inlinable public static func step<Sink: ValueSink>(
    _ bytes: RawSpan, at: inout Int, entries: Int, entryBytes: Int, into sink: inout Sink
  ) -> Progress {
    if at == 0 { sink.beginObject() }
    var reader = PlainReader(bytes)
    reader.at = at
    for _ in 0..<entries where reader.at < bytes.byteCount {
      let start = reader.at
      guard reader.entry(before: bytes.byteCount, atMost: entryBytes, depth: 0, into: &sink) else {
        return .notPlain
      }
      // INVARIANT: an entry has a tag, so that each takes the reading further.
      precondition(reader.at > start, "an entry without a byte")
    }
    at = reader.at
    guard at == bytes.byteCount else { return .more }
    sink.endObject()
    return .finished
  }
}

extension PlainReader {
  /// Objects and lists inside each other that are read here.
  @usableFromInline static let depth = 8

  /// Reads the entries of an object.
  @inlinable mutating func object<Sink: ValueSink>(
    to end: Int, depth: Int, into sink: inout Sink
  ) -> Bool {
    guard depth < Self.depth else { return false }
    sink.beginObject()
    while at < end {
      guard entry(before: end, atMost: .max, depth: depth, into: &sink) else { return false }
    }
    sink.endObject()
    return true
  }

  /// Reads one entry of an object: its key, and then its value.
  @inlinable mutating func entry<Sink: ValueSink>(
    before end: Int, atMost limit: Int, depth: Int, into sink: inout Sink
  ) -> Bool {
    guard let entryEnd = content(tag: 0x0A, before: end), entryEnd - at <= limit,
      let keyEnd = content(tag: 0x0A, before: entryEnd)
    else { return false }
    let key = bytes.extracting(at..<keyEnd)
    guard Text.isSound(key) else { return false }
    at = keyEnd
    guard let valueEnd = content(tag: 0x12, before: entryEnd), valueEnd == entryEnd else {
      return false
    }
    sink.key(key)
    return value(to: valueEnd, depth: depth, into: &sink)
  }

  /// Reads the elements of a list.
  @inlinable mutating func list<Sink: ValueSink>(
    to end: Int, depth: Int, into sink: inout Sink
  ) -> Bool {
    guard depth < Self.depth else { return false }
    sink.beginList()
    while at < end {
      guard let valueEnd = content(tag: 0x0A, before: end),
        value(to: valueEnd, depth: depth, into: &sink)
      else { return false }
    }
    sink.endList()
    return true
  }

  /// Reads a value that has one kind and ends at `end`.
  @inlinable mutating func value<Sink: ValueSink>(
    to end: Int, depth: Int, into sink: inout Sink
  ) -> Bool {
    guard at < end, let tag = byte(at: at) else { return false }
    switch tag {
    case 0x11:
      guard end - at == 9 else { return false }
      // Safe: the eight bytes behind the tag end at `end`, which is not past the bytes; any bits are a number.
      let bits = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at + 1, as: UInt64.self)
      let number = Double(bitPattern: UInt64(littleEndian: bits))
      guard number.isFinite else { return false }
      at = end
      sink.number(number)
    case 0x1A:
      guard content(tag: 0x1A, before: end) == end else { return false }
      let text = bytes.extracting(at..<end)
      guard Text.isSound(text) else { return false }
      at = end
      sink.text(text)
    case 0x20:
      guard end - at == 2, let logical = byte(at: at + 1), logical < 2 else { return false }
      at = end
      sink.logical(logical == 1)
    case 0x08:
      guard end - at == 2, byte(at: at + 1) == 0 else { return false }
      at = end
      sink.null()
    case 0x2A:
      guard content(tag: 0x2A, before: end) == end else { return false }
      return object(to: end, depth: depth + 1, into: &sink)
    case 0x32:
      guard content(tag: 0x32, before: end) == end else { return false }
      return list(to: end, depth: depth + 1, into: &sink)
    default:
      return false
    }
    return true
  }
}
