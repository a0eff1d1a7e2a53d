internal import UnixSocket

/// Random bytes for identifiers, fetched from the kernel many at a time.
///
/// One system call serves some four hundred identifiers; none is used twice.
struct RandomBytes {
  private var buffer = [UInt8](repeating: 0, count: 4096)
  private var next = 4096

  /// The next ten bytes.
  mutating func ten() -> [10 of UInt8] {
    if next + 10 > buffer.count {
      SystemRandom.fill(&buffer)
      next = 0
    }
    var bytes = [10 of UInt8](repeating: 0)
    for index in 0..<10 { bytes[index] = buffer[next + index] }
    next += 10
    return bytes
  }
}
