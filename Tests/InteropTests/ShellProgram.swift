import Foundation
import TestSupport
import Testing

/// What a client's program does for an operator at a shell, whatever it is written in.
struct ShellProgram {
  /// The label that it gives to what it publishes.
  let label: String
  /// Runs it to its end, and gives the JSON objects that it writes, one a line.
  let lines: ([String]) throws -> [[String: Any]]

  static let tree = Project.file("contrib/examples/maria.json").path

  private func file(_ text: String, of daemon: DaemonProcess) throws -> String {
    let path = daemon.folder.path("c.json")
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// Expects the actions of two players.
  func expectActions() throws {
    let daemon = try DaemonProcess(workers: 1)
    for (context, type) in [
      (#"{"daysInactive": 6}"#, "SendSMS"), (#"{"daysInactive": 0}"#, "SendEmail"),
    ] {
      let actions = try lines([
        daemon.socketPath, "execute", Self.tree, file(context, of: daemon),
      ])
      #expect(actions.map { $0["type"] as? String } == [type])
    }
  }

  /// Expects a tree to be published, and to be run by its name.
  func expectPublishing() throws {
    let daemon = try DaemonProcess(workers: 2)
    let context = try file(#"{"daysInactive": 6}"#, of: daemon)
    let version = try #require(
      try lines([daemon.adminSocketPath, "publish", "winback", Self.tree]).first)
    #expect(version["version"] as? Int == 1)
    #expect(version["created"] as? Bool == true)
    #expect(version["labels"] as? [String: String] == ["by": label])
    let call = try lines([daemon.socketPath, "call", "winback", context])
    #expect(call.first?["version"] as? Int == 1)
    #expect(call.first?["digest"] as? String == version["digest"] as? String)
    #expect(call.dropFirst().map { $0["type"] as? String } == ["SendSMS"])
  }
}
