internal import CProtobufC
internal import CSmartFlowProto

/// Texts as protobuf-c holds them: UTF-8 with a NUL at the end.
@usableFromInline enum Text {
  enum Verdict { case sound, containsNUL, invalidUTF8 }

  /// Whether bytes are UTF-8 without U+0000.
  static func check(_ bytes: UnsafeRawBufferPointer) -> Verdict {
    var at = 0
    let ones = 0x0101_0101_0101_0101 as UInt64
    let highs = ones << 7
    // Safe: every load ends inside the buffer.
    while at + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      // A high bit anywhere, or a byte that borrows, which a zero byte does.
      if (word | (word &- ones)) & highs != 0 { return unsafe checkSlowly(bytes) }
      at += 8
    }
    if at < bytes.count, at > 0 {
      // The last eight: some were looked at already.
      let word = unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
      return (word | (word &- ones)) & highs == 0 ? .sound : unsafe checkSlowly(bytes)
    }
    if at < bytes.count {
      // Fewer than eight bytes, in what is else a word of ones.
      var word = ones
      if bytes.count >= 4 {
        let first = unsafe bytes.loadUnaligned(as: UInt32.self)
        let last = unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)
        word = UInt64(first) | UInt64(last) << 32
      } else {
        while at < bytes.count {
          word = word << 8 | UInt64(unsafe bytes[at])
          at += 1
        }
      }
      if (word | (word &- ones)) & highs != 0 { return unsafe checkSlowly(bytes) }
    }
    return .sound
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
