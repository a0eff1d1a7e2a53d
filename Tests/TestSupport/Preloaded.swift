import Foundation

/// A library that stands before the system's in a daemon and its workers, and a file by which the two speak.
public struct Preloaded {
  private let folder: TemporaryFolder
  private let file: FileHandle
  /// Variables of a daemon that is to have it.
  public let environment: [String: String]

  /// Whether a daemon can have one: a sanitizer wants to be the first that is loaded.
  public static let isPossible =
    ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil
    && ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil

  /// The compiler does not take it.
  public struct NotCompiled: Error {}

  /// - Parameters:
  ///   - name: Which one of `Preloaded/`.
  ///   - variable: What tells it the file, which begins as sixteen zeros.
  /// - Throws: An error where it can't be compiled.
  public init(_ name: String, variable: String) throws {
    folder = try TemporaryFolder()
    let (library, shared) = (folder.path("\(name).so"), folder.path("shared"))
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/cc")
    compiler.arguments = [
      "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
      Project.file("Tests/TestSupport/Preloaded/\(name).c").path, "-ldl",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw NotCompiled() }
    try Data(count: 16).write(to: URL(filePath: shared))
    // Workers are another user.
    for (path, mode) in [(folder.path(""), 0o755), (library, 0o755), (shared, 0o666)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    file = try FileHandle(forUpdating: URL(filePath: shared))
    environment = ["LD_PRELOAD": library, variable: shared]
  }

  /// Writes the file's first word.
  public func say(_ number: Int64) throws {
    try file.seek(toOffset: 0)
    try withUnsafeBytes(of: number) { try file.write(contentsOf: Data($0)) }
  }

  /// Reads the file's two words.
  public func words() throws -> (UInt64, UInt64) {
    try file.seek(toOffset: 0)
    let bytes = try file.read(upToCount: 16) ?? Data()
    func word(_ at: Int) -> UInt64 {
      bytes.dropFirst(at).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    return (word(0), word(8))
  }
}
