internal import Glibc
package import UnixSocket

/// What the log does to its files, each step of which a test can make the last.
package struct AuditDisk: Sendable {
  /// Asked before each step that changes a file, with the bytes that it writes, 0 for other steps: how many of them
  /// to write before the end has come, or `nil` to go on.
  package typealias Interruption = @Sendable (_ byteCount: Int) -> Int?

  private let interruption: Interruption?

  package init(interruption: Interruption? = nil) { self.interruption = interruption }

  /// What a step throws that was made the last: no code of the log's may do anything more.
  package static let interrupted = SystemError(call: "interrupted", code: 0)

  private func step() throws(SystemError) {
    if interruption?(0) != nil { throw Self.interrupted }
  }

  func append(_ bytes: [UInt8], to file: borrowing Descriptor) throws(SystemError) {
    if let count = interruption?(bytes.count) {
      try file.writeAll(Array(bytes.prefix(count)))
      throw Self.interrupted
    }
    try file.writeAll(bytes)
  }

  func create(_ path: String, mode: UInt32) throws(SystemError) -> Descriptor {
    try step()
    return try .open(path, .create(mode: mode))
  }

  func synchronize(_ file: borrowing Descriptor) throws(SystemError) {
    try step()
    try file.synchronize()
  }

  func synchronize(folder path: String) throws(SystemError) {
    try step()
    try Folder.synchronize(path)
  }

  func truncate(_ file: borrowing Descriptor, to byteCount: UInt64) throws(SystemError) {
    try step()
    try file.truncate(to: byteCount)
  }

  func remove(_ path: String) throws(SystemError) {
    try step()
    try Folder.remove(path)
  }

  /// All of a file.
  static func read(_ path: String) throws(AuditError) -> [UInt8] {
    let byteCount: UInt64
    do throws(SystemError) {
      let file = try Descriptor.open(path, .read)
      byteCount = try file.fileStatus().byteCount
      if byteCount <= AuditLimits.fileBytes {
        var bytes: [UInt8] = []
        try file.read(at: 0, count: Int(byteCount), into: &bytes)
        return bytes
      }
    } catch {
      throw .system(error)
    }
    throw .fileTooLong(path: path, byteCount: byteCount)
  }

  /// The last bytes of a file, at most `count`.
  static func tail(of path: String, _ count: Int) throws(SystemError) -> [UInt8] {
    let file = try Descriptor.open(path, .read)
    let byteCount = try file.fileStatus().byteCount
    let start = byteCount - min(byteCount, UInt64(count))
    var bytes: [UInt8] = []
    try file.read(at: start, count: count, into: &bytes)
    return bytes
  }
}
