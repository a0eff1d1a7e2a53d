extension [UInt8] {
  /// Appends a number, the lowest byte first: in memory and in what keeper and worker say to each other.
  mutating func append(word: some FixedWidthInteger) {
    for shift in stride(from: 0, to: word.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
}
