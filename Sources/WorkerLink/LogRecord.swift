/// One line of a worker's log on its way to the keeper: a packet of a header and the line.
///
/// The keeper looks at the header and at the line's bytes, never into the JSON.
public enum LogRecord {
  /// Bytes before the line: the magic, and the line's length.
  public static let headerBytes = 8
  /// The longest line, in bytes.
  ///
  /// A whole packet must fit into the channel's buffer at once; a longer line is counted as dropped.
  public static let lineBytes = 120 << 10

  private static let magic: [UInt8] = [0x53, 0x46, 0x4C, 0x47]

  /// Writes the packet of a line into `packet`, which is emptied first.
  ///
  /// - Returns: Whether the line is one that the keeper takes.
  public static func write(_ line: [UInt8], into packet: inout [UInt8]) -> Bool {
    packet.removeAll(keepingCapacity: true)
    guard isLine(line[...]) else { return false }
    packet.append(contentsOf: magic)
    for shift in [0, 8, 16, 24] { packet.append(UInt8(truncatingIfNeeded: line.count >> shift)) }
    packet.append(contentsOf: line)
    return true
  }

  /// The line in a packet, or `nil` when the packet is anything else.
  public static func line(in packet: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard packet.count > headerBytes, packet.prefix(4).elementsEqual(magic) else { return nil }
    let count = packet.dropFirst(4).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let line = packet.dropFirst(headerBytes)
    guard line.count == count, isLine(line) else { return nil }
    return line
  }

  /// Whether it is one line of text that can't be taken for two.
  private static func isLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.count <= lineBytes && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
