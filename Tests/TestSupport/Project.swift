public import Foundation

/// Where the project lies on this machine, found from this file's own place.
public enum Project {
  /// The folder that holds `Package.swift`.
  public static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file below the project's root.
  public static func file(_ path: String) -> URL { root.appending(path: path) }

  /// A suite of others that is read in place, or `nil` where it is not there.
  public static func sharedVectors(_ path: String) -> URL? {
    let url = root.deletingLastPathComponent().appending(path: "shared/vectors/" + path)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }

  /// The lines of a text file, the empty ones left out.
  public static func lines(of url: URL) throws -> [String] {
    try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
