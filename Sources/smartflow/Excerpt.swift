/// An expression with the place in question marked under it.
enum Excerpt {
  /// The line of `source` that holds `range`, a mark below it, and the message.
  ///
  /// - Parameters:
  ///   - source: The expression.
  ///   - range: UTF-8 offsets in it, end exclusive.
  ///   - message: What to say of the place.
  /// - Returns: Three lines.
  static func text(of source: String, range: Range<Int>, message: String) -> String {
    let utf8 = Array(source.utf8)
    let start = min(max(range.lowerBound, 0), utf8.count)
    let end = min(max(range.upperBound, start), utf8.count)
    let lineStart = utf8[..<start].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let lineEnd = utf8[start...].firstIndex(of: 10) ?? utf8.count
    let line = String(decoding: utf8[lineStart..<lineEnd], as: UTF8.self)
    let before = columns(utf8[lineStart..<start])
    let marked = max(1, columns(utf8[start..<min(end, lineEnd)]))
    return """
      \(message)
        \(line.replacing("\t", with: " "))
        \(String(repeating: " ", count: before))\(String(repeating: "^", count: marked))
      """
  }

  private static func columns(_ bytes: ArraySlice<UInt8>) -> Int {
    DisplayText.columns(String(decoding: bytes, as: UTF8.self))
  }
}
