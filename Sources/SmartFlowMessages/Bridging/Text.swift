internal import CProtobufC
internal import CSmartFlowProto

/// Texts as protobuf-c holds them: UTF-8 with a NUL at the end.
@usableFromInline enum Text {
  enum Verdict { case sound, containsNUL, invalidUTF8 }

  /// Whether bytes are UTF-8 without U+0000.
  static func check(_ bytes: UnsafeRawBufferPointer) -> Verdict {
    var at = 0
    // Safe: every load ends inside the buffer.
    while at + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      guard isPlain(word) else { return unsafe checkSlowly(bytes) }
      at += 8
    }
    guard at < bytes.count else { return .sound }
    // What is left; fewer than four bytes in what is else a word of ones.
    var rest = ones
    if at > 0 {
      // The last eight: some were looked at already.
      rest = unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    } else if bytes.count >= 4 {
      let first = unsafe bytes.loadUnaligned(as: UInt32.self)
      let last = unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)
      rest = UInt64(first) | UInt64(last) << 32
    } else {
      while at < bytes.count {
        rest = rest << 8 | UInt64(unsafe bytes[at])
        at += 1
      }
    }
    return isPlain(rest) ? .sound : unsafe checkSlowly(bytes)
  }

  private static let ones = 0x0101_0101_0101_0101 as UInt64

  /// Whether eight bytes are ASCII without U+0000: no high bit anywhere, and no byte that borrows, which a zero does.
  private static func isPlain(_ word: UInt64) -> Bool {
    (word | (word &- ones)) & (ones << 7) == 0
  }

  private static func checkSlowly(_ bytes: UnsafeRawBufferPointer) -> Verdict {
    // Safe: the span is used while the buffer is.
    guard unsafe !bytes.contains(0) else { return .containsNUL }
    let units = unsafe bytes.bindMemory(to: UInt8.self)
    return unsafe (try? UTF8Span(validating: units.span)) == nil ? .invalidUTF8 : .sound
  }

  /// A text of an unpacked message.
  static func string(_ text: UnsafePointer<CChar>?) -> String {
    // Safe: protobuf-c ends every text with a NUL, and the check has seen that it is UTF-8.
    guard let text = unsafe text else { return "" }
    return unsafe String(cString: text)
  }
}

extension Text {
  /// Whether bytes are UTF-8 without U+0000.
  static func check(_ bytes: RawSpan) -> Verdict {
    // Safe: the buffer is used inside the closure only.
    unsafe bytes.withUnsafeBytes { unsafe check($0) }
  }

  /// Whether bytes are UTF-8 without U+0000, where nobody asks what is wrong with them.
  @usableFromInline static func isSound(_ bytes: RawSpan) -> Bool { check(bytes) == .sound }
}

extension RawSpan {
  /// The same bytes, as units.
  var units: Span<UInt8> {
    @_lifetime(copy self) get {
      // Safe: any bytes are units.
      Span(_bytes: self)
    }
  }
}
