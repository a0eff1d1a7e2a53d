public import Foundation

/// A fresh folder of one test, removed with all that is in it.
public final class TemporaryFolder {
  /// Where it is; short, because a socket's path holds 107 bytes at most.
  public let url: URL

  /// Makes the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "smartflow-" + UUID().uuidString.prefix(13))
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in it.
  public func path(_ name: String) -> String { url.appending(path: name).path }
}
