internal import Glibc

/// The daemon's own program, as it was started.
struct ProgramFile: Sendable {
  /// Where it is: as whoever started it has said, so that a link which leads to another release by now is followed.
  let path: String
  /// Its arguments, the first of which is its name.
  let arguments: [String]

  /// Reads it off the process.
  init() {
    arguments = CommandLine.arguments
    let name = arguments.first ?? ""
    path = name.utf8.contains(UInt8(ascii: "/")) ? name : Self.file
  }

  /// Whether there is such a file, whatever it is.
  static func exists(_ path: String) -> Bool {
    // Safe: the path is read during the call only.
    unsafe access(path, F_OK) == 0
  }

  /// The file that this process runs, with all links followed; empty where /proc is not there.
  static var file: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    // Safe: the buffer is one longer than it says, so that the text has an end.
    let count = unsafe readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    return String(
      decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A program in the folder of this one; its bare name where /proc is not there.
  static func beside(_ name: String) -> String {
    let path = file
    guard let slash = path.lastIndex(of: "/") else { return name }
    return path[...slash] + name
  }
}
