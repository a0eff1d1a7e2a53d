import Foundation
import TestSupport
import Testing

/// A library that stands before the system's in a daemon, and a file by which a test tells it what to do.
struct Preloaded {
  private let folder: TemporaryFolder
  private let file: FileHandle
  /// Variables of a daemon that is to have it.
  let environment: [String: String]

  /// Whether a daemon can have one: a sanitizer wants to be the first that is loaded.
  static let isPossible =
    ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil
    && ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil

  /// - Parameters:
  ///   - name: Which one of `Preloaded/`.
  ///   - variable: What tells it the file, which begins as eight zeros.
  /// - Throws: An error where it can't be compiled.
  init(_ name: String, variable: String) throws {
    folder = try TemporaryFolder()
    let (library, said) = (folder.path("\(name).so"), folder.path("said"))
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/cc")
    compiler.arguments = [
      "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
      Project.file("Tests/FaultTests/Preloaded/\(name).c").path, "-ldl",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    try Data(count: 8).write(to: URL(filePath: said))
    // Workers are another user.
    for path in [folder.path(""), said, library] {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    file = try #require(FileHandle(forWritingAtPath: said))
    environment = ["LD_PRELOAD": library, variable: said]
  }

  func say(_ number: Int64) throws {
    try file.seek(toOffset: 0)
    try withUnsafeBytes(of: number) { try file.write(contentsOf: Data($0)) }
  }
}
