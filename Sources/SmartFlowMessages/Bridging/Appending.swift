extension Wire {
  static func append(_ bytes: RawSpan, to output: inout [UInt8]) {
    // Safe: the array copies the bytes while the span holds them.
    unsafe bytes.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
  }
}

extension String {
  /// Gives the text's UTF-8 to `body`.
  func withRawUTF8(_ body: (RawSpan) -> Void) {
    // Safe: a span's bytes are what the span has, for as long.
    unsafe body(utf8.span.bytes)
  }

  /// Makes a text of bytes that were checked or are to be repaired.
  init(decoding utf8: RawSpan) {
    // Safe: the string copies the bytes while the span holds them.
    self = unsafe utf8.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
