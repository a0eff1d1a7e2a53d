/// Lines of a worker's log on their way to the keeper: one packet of them, each behind a header.
///
/// The keeper looks at the headers and at the lines' bytes, never into the JSON.
public enum LogRecord {
  /// Bytes before each line: the magic, and the line's length.
  public static let headerBytes = 8
  /// The longest line, in bytes; a longer one is counted as dropped.
  public static let lineBytes = 64 << 10
  /// Bytes of lines above which a packet is sent before it grows further.
  public static let fullPacketBytes = 32 << 10
  /// The longest packet, in bytes; it fits into the channel's buffer at once.
  public static let packetBytes = fullPacketBytes + headerBytes + lineBytes

  private static let magic: [UInt8] = [0x53, 0x46, 0x4C, 0x47]

  /// Appends a line to a packet.
  ///
  /// - Returns: Whether the line is one that the keeper takes; nothing is appended otherwise.
  public static func append(_ line: [UInt8], to packet: inout [UInt8]) -> Bool {
    guard isLine(line[...]) else { return false }
    packet.append(contentsOf: magic)
    for shift in [0, 8, 16, 24] { packet.append(UInt8(truncatingIfNeeded: line.count >> shift)) }
    packet.append(contentsOf: line)
    return true
  }

  /// The lines in a packet; a last `nil` where it goes on with anything else.
  public static func lines(in packet: ArraySlice<UInt8>) -> [ArraySlice<UInt8>?] {
    var lines: [ArraySlice<UInt8>?] = []
    var rest = packet
    while !rest.isEmpty {
      guard rest.count > headerBytes, rest.prefix(4).elementsEqual(magic) else {
        return lines + [nil]
      }
      let count = rest.dropFirst(4).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      let line = rest.dropFirst(headerBytes).prefix(count)
      guard line.count == count, isLine(line) else { return lines + [nil] }
      lines.append(line)
      rest = rest.dropFirst(headerBytes + count)
    }
    return lines
  }

  /// Whether it is one line of text that can't be taken for two.
  private static func isLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.count <= lineBytes && bytes.allSatisfy { $0 >= 0x20 }
  }
}
