import Foundation
import TestSupport
import Testing

/// The C library, and what stands beside it for C++.
@Suite(.enabled(if: CClient.isBuildable, CClient.missing), .timeLimit(.minutes(5)))
struct `A C client` {
  private let tree = Project.file("contrib/examples/maria.json").path

  private func file(_ text: String, of daemon: DaemonProcess) throws -> String {
    let path = daemon.folder.path("c.json")
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test func `prints the actions for files at a shell`() throws {
    let daemon = try DaemonProcess(workers: 1)
    for (context, type) in [
      (#"{"daysInactive": 6}"#, "SendSMS"), (#"{"daysInactive": 0}"#, "SendEmail"),
    ] {
      let actions = try CClient.lines(
        daemon.socketPath, "execute", tree, file(context, of: daemon))
      #expect(actions.map { $0["type"] as? String } == [type])
    }
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let context = try file(#"{"daysInactive": 6}"#, of: daemon)
    let version = try #require(
      try CClient.lines(daemon.adminSocketPath, "publish", "winback", tree).first)
    #expect(version["version"] as? Int == 1)
    #expect(version["created"] as? Bool == true)
    #expect(version["labels"] as? [String: String] == ["by": "c"])
    let call = try CClient.lines(daemon.socketPath, "call", "winback", context)
    #expect(call.first?["version"] as? Int == 1)
    #expect(call.first?["digest"] as? String == version["digest"] as? String)
    #expect(call.dropFirst().map { $0["type"] as? String } == ["SendSMS"])
  }

  @Test func `runs its examples: a blocking call, a game's loop, and C++`() throws {
    let daemon = try DaemonProcess(workers: 1)
    #expect(
      try CClient.example("blocking", tree, "7", daemon.socketPath) == [
        "SendSMS /trueAction We miss you!"
      ])
    _ = try CClient.lines(daemon.adminSocketPath, "publish", "winback", tree)
    let shown = try CClient.example("game_loop", "winback", "30", daemon.socketPath)
    #expect(shown == ["show SendEmail", "show SendEmail", "show SendEmail"])
    #expect(
      try CClient.example("decide", "winback", "7", daemon.socketPath) == [
        #"SendSMS {"message":"We miss you!","phone":"+1234567890"}"#
      ])
  }
}
