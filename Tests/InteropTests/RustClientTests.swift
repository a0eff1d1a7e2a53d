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
}
