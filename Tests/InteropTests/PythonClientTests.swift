import Foundation
import TestSupport
import Testing

/// Python's standard library, and the module of `contrib/python`.
@Suite(.enabled(if: PythonClient.isInstalled, PythonClient.missing), .timeLimit(.minutes(5)))
struct `A Python client` {
  private let tree = Project.file("contrib/examples/maria.json").path

  private func file(_ text: String, _ name: String, of daemon: DaemonProcess) throws -> String {
    let path = daemon.folder.path(name)
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test func `prints the actions for files at a shell`() throws {
    let daemon = try DaemonProcess(workers: 1)
    for (context, type) in [
      (#"{"daysInactive": 6}"#, "SendSMS"), (#"{"daysInactive": 0}"#, "SendEmail"),
    ] {
      let actions = try PythonClient.lines(
        daemon.socketPath, "execute", tree, file(context, "c.json", of: daemon))
      #expect(actions.map { $0["type"] as? String } == [type])
    }
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let context = try file(#"{"daysInactive": 6}"#, "c.json", of: daemon)
    let version = try #require(
      try PythonClient.lines(daemon.adminSocketPath, "publish", "winback", tree).first)
    #expect(version["version"] as? Int == 1)
    #expect(version["created"] as? Bool == true)
    #expect(version["labels"] as? [String: String] == ["by": "python"])
    let call = try PythonClient.lines(daemon.socketPath, "call", "winback", context)
    #expect(call.first?["version"] as? Int == 1)
    #expect(call.first?["digest"] as? String == version["digest"] as? String)
    #expect(call.dropFirst().map { $0["type"] as? String } == ["SendSMS"])
  }
}
