import Foundation
import TestSupport
import Testing

/// The C library, and what stands beside it for C++.
@Suite(.enabled(if: CClient.isBuildable, CClient.missing), .timeLimit(.minutes(5)))
struct `A C client` {
  private let program = ShellProgram(label: "c", lines: CClient.lines)

  @Test func `prints the actions for files at a shell`() throws {
    try program.expectActions()
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    try program.expectPublishing()
  }

  @Test func `runs its examples: a blocking call, a game's loop, and C++`() throws {
    let daemon = try DaemonProcess(workers: 1)
    #expect(
      try CClient.example("blocking", ShellProgram.tree, "7", daemon.socketPath) == [
        "SendSMS /trueAction We miss you!"
      ])
    _ = try CClient.lines([daemon.adminSocketPath, "publish", "winback", ShellProgram.tree])
    let shown = try CClient.example("game_loop", "winback", "30", daemon.socketPath)
    #expect(shown == ["show SendEmail", "show SendEmail", "show SendEmail"])
    #expect(
      try CClient.example("decide", "winback", "7", daemon.socketPath) == [
        #"SendSMS {"message":"We miss you!","phone":"+1234567890"}"#
      ])
  }
}
