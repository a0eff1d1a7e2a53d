extension Span<UInt8> {
  /// Where what JSON takes for space ends.
  func endOfSpace(from start: Int) -> Int {
    var at = start
    while at < count {
      switch self[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return at
      }
    }
    return at
  }
}
