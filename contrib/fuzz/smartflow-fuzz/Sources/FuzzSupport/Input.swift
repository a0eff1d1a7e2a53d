/// Gives libFuzzer's bytes to `body` as they lie there, so that a read past their end is seen.
///
/// - Returns: What libFuzzer wants to hear.
@safe public func withInput(
  _ data: UnsafePointer<UInt8>?, _ count: Int, _ body: (RawSpan) -> Void
) -> CInt {
  // Safe: libFuzzer's bytes live as long as the call.
  body(unsafe UnsafeRawBufferPointer(start: data, count: count).bytes)
  return 0
}

extension RawSpan {
  /// A copy of the bytes.
  public var array: [UInt8] {
    // Safe: the buffer is read inside the closure only.
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// The byte at `index`, 0 past the end: settings of a run that an input is too short to have.
  public func setting(_ index: Int) -> Int {
    guard index < byteCount else { return 0 }
    // Safe: the index is inside, and any byte is a number.
    return Int(unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self))
  }

  /// What lies behind the first `count` bytes.
  @_lifetime(copy self)
  public func behind(_ count: Int) -> RawSpan { extracting(min(count, byteCount)..<byteCount) }

  /// The bytes before and behind the first `separator`; nothing behind where there is none.
  public func split(at separator: UInt8) -> (before: [UInt8], behind: [UInt8]?) {
    let bytes = array
    guard let index = bytes.firstIndex(of: separator) else { return (bytes, nil) }
    return (Array(bytes[..<index]), Array(bytes[(index + 1)...]))
  }
}

extension [UInt8] {
  /// Gives the bytes to `body` in memory of exactly their size, so that a read past their end is
  /// seen.
  ///
  /// An array has a head before its bytes and often room behind them, which no sanitizer watches.
  public func withExactBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { unsafe copy.deallocate() }
    // Safe: both have `count` bytes, and the copy lives until the end of the call.
    unsafe copy.copyBytes(from: self)
    return body(unsafe UnsafeRawBufferPointer(copy).bytes)
  }
}
