import Foundation
import TestSupport

/// A file system of a few mebibytes in memory, which can be filled; for users who may mount one.
final class SmallDisk {
  private let path: String
  private var fillers = 0

  static var isPossible: Bool {
    guard isRoot, let folder = try? TemporaryFolder() else { return false }
    return (try? SmallDisk(at: folder.path("disk"), mebibytes: 1)) != nil
  }

  init(at path: String, mebibytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m,mode=700", "none", path)
  }

  deinit { try? Self.run("/bin/umount", "--lazy", path) }

  /// Takes all the room that there is.
  func fill() throws {
    fillers += 1
    let file = path + "/filler-\(fillers)"
    guard FileManager.default.createFile(atPath: file, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let descriptor = open(file, O_WRONLY)
    defer { close(descriptor) }
    for byteCount in [65536, 4096, 1] {
      let bytes = [UInt8](repeating: 0, count: byteCount)
      while write(descriptor, bytes, byteCount) > 0 {}
      guard errno == ENOSPC else { throw CocoaError(.fileWriteUnknown) }
    }
  }

  /// Gives it back.
  func clear() throws {
    for number in 1...fillers {
      try FileManager.default.removeItem(atPath: path + "/filler-\(number)")
    }
    fillers = 0
  }

  private static func run(_ program: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}
