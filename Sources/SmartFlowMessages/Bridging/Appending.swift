extension Wire {
  static func append(_ bytes: RawSpan, to output: inout [UInt8]) {
    // Safe: the array copies the bytes while the span holds them.
    unsafe bytes.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
  }
}

extension String {
  /// Makes a text of bytes that were checked or are to be repaired.
  init(decoding utf8: RawSpan) {
    // Safe: the string copies the bytes while the span holds them.
    self = unsafe utf8.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
