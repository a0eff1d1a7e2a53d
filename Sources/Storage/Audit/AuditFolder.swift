internal import UnixSocket

/// The segments of a log: `000001.jsonl` and so on, in one folder.
enum AuditFolder {
  static func path(_ directory: String, segment: UInt64) -> String {
    let number = String(segment)
    return directory + "/" + String(repeating: "0", count: max(0, 6 - number.count)) + number
      + ".jsonl"
  }

  /// The numbers of the segments, ascending; other names are let be.
  static func segments(in directory: String) throws(SystemError) -> [UInt64] {
    try Folder.names(in: directory).compactMap { name in
      guard name.hasSuffix(".jsonl"), let number = UInt64(name.dropLast(6)), number > 0,
        path(directory, segment: number) == directory + "/" + name
      else { return nil }
      return number
    }.sorted()
  }

  /// Where each whole line lies, without its line break, and where the last one ends with it.
  static func lines(of bytes: [UInt8]) -> (lines: [Range<Int>], end: Int) {
    var lines: [Range<Int>] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      lines.append(start..<end)
      start = end + 1
    }
    return (lines, start)
  }
}
