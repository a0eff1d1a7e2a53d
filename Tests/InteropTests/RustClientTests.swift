import Foundation
import TestSupport
import Testing

/// Messages by protobuf's generator in Rust, containerd's ttrpc-rust: no line of ours.
@Suite(.enabled(if: RustClient.isBuildable, RustClient.missing), .timeLimit(.minutes(10)))
struct `A Rust client` {
  private let program = ShellProgram(label: "rust", lines: RustClient.lines)

  @Test func `prints the actions for files at a shell`() throws {
    try program.expectActions()
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    try program.expectPublishing()
  }

  @Test func `passes its caller's trace on, which the daemon's log names`() throws {
    let daemon = try DaemonProcess(workers: 1, arguments: ["--log-level", "debug"])
    let trace = "0af7651916cd43dd8448eb211c80319c"
    let context = daemon.folder.path("c.json")
    try Data(#"{"daysInactive": 6}"#.utf8).write(to: URL(filePath: context))
    let actions = try RustClient.lines([
      daemon.socketPath, "execute", ShellProgram.tree, context, "00-\(trace)-b7ad6b7169203331-01",
    ])
    #expect(actions.map { $0["type"] as? String } == ["SendSMS"])
    #expect(waitUntil(within: .seconds(30)) { daemon.log().contains(#""trace_id":"\#(trace)""#) })
  }
}
